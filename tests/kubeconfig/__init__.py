"""Compares how the client and real kubectl read the same kubeconfig, flags and environment.

The judge is a server of the tests that records what each of the two sends it: who says to be whom, to which server
name, through which proxy. Where both fail, their words are compared.
"""
