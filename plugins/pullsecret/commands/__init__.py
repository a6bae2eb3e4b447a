"""The commands as Typer sees them, a file each: the signature lists the flags, the body builds and runs a request."""
