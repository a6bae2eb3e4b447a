"""Requests to the API server and their answers, over the Kubernetes client's connections."""
