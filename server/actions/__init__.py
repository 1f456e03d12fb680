"""One verb a file: each action is one transaction, audited or rolled back."""
