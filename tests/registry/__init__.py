"""Registries for tests: Debian's docker-registry with Basic authentication or a token server, and fake servers."""
