"""All SQL: one file per table or family of tables, readings with a viewer, writings with a transaction."""
