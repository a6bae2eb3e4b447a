"""Completion: the protocol, the names, the shells."""
