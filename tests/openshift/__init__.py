"""OpenShift as far as it can be had: its kinds on a real control plane, and a stand-in for its own API server."""
