"""Registries, image names, and the credentials for them."""
