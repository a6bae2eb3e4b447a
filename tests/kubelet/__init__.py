"""Comparison of how pull secrets and image references are read with the code of the kubelet."""
