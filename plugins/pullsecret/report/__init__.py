"""Outcomes and listings become kubectl's lines: the one room, beside main, that prints."""
