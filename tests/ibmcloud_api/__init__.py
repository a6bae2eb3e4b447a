"""A stand-in for IBM Cloud on this machine: IAM, the Kubernetes Service and Code Engine, as far as they are used.

`cloud.py` is the server, with the faults that a test wants; `identity.py`, `policies.py`, `kubernetes_service.py` and
`code_engine.py` have its state and its answers, whose fields are those of IBM's SDKs; `registry.py` ties a real
registry to it, which accepts the keys that IAM made. `setup.py` puts them together, for the fixture `cloud_setup`.
"""
