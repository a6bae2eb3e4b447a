"""Manifests on this machine."""
