"""Thin views: they read through the store, write through actions, and declare who may."""
