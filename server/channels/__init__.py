"""Ways out for messages: one file each."""
