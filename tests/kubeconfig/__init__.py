"""Compares how the client and real kubectl read the same kubeconfig, flags and environment.

A server of the tests records what both send: the identity, the server name, and the proxy. Where both fail, their
error messages are compared.
"""
