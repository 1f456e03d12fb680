"""The demo: make-believe people made by the program through the same actions as real use."""
