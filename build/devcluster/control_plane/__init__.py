"""A real Kubernetes cluster for tests: etcd, kube-apiserver, controllers and a kubelet, built from upstream's code.

build.py builds the program (main.go and its neighbors); plane.py and node.py run it; given.py uses an existing cluster
instead; api.py reads and writes either, independently of the product. Standard library only.
"""
