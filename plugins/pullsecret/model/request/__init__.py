"""What the command line asks for."""
