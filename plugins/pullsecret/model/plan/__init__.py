"""What a command changes, and what that is computed from."""
