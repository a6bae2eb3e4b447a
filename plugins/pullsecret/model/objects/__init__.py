"""Kubernetes objects, as the mappings that the API server sent."""
