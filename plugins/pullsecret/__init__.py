"""Manage image pull secrets across namespaces: copy, create, attach, check and troubleshoot them."""

__version__ = "0.1.0"
