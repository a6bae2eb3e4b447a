"""Plain values and their arithmetic: standard library only, no input or output."""
