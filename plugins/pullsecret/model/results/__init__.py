"""The results of commands that only read."""
