"""What goes wrong between the program and its cluster, done on purpose, and what must be true afterwards.

Everything is real but the weather: real processes, a real API server, and between them a proxy that misbehaves as a
seed tells it.
"""
