"""The engine: changes go in, outcomes come out as they end."""

from pullsecret.apply.engine import apply

__all__ = ["apply"]
