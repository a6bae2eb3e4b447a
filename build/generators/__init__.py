"""What build/generate.py writes: a module for each kind of file."""
