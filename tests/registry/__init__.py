"""Real registries for tests: Debian's docker-registry with a login of its own or a token server, and stand-ins."""
