"""Pull secrets for every namespace: copy, create, attach, detach, list."""

__version__ = "0.1.0"
