"""Seeded fuzzers of every reader of foreign text: `build/fuzz.sh MINUTES`, and a few seconds of each in the tests."""
