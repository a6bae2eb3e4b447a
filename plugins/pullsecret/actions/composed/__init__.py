"""Actions that are made of other actions."""
