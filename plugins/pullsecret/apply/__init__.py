"""The engine: changes go in, outcomes come out as they end."""
