"""How a host's command line starts us."""
