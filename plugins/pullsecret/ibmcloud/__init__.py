"""IBM Cloud: who is signed in, and small clients for IAM, the Kubernetes Service and Code Engine.

IBM's Python SDKs cannot be installed together with the Kubernetes client: ibm-cloud-sdk-core needs python-dateutil
before 3, and kubernetes 37.0.2 needs 3 or later (tried on 2026-11-28). They are what the tests compare these clients
with.
"""
