"""Registries, image references, and the credentials for them."""
