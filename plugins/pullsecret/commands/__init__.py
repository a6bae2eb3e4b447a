"""The verbs as Typer sees them, a file each: the signature is the flag list, the body makes a request and sets off."""
