"""What a command that only reads has found."""
