"""Failures between the program and its cluster, injected on purpose, and what must be true afterwards.

Processes and API server are real; between them is a proxy whose faults a seed determines.
"""
