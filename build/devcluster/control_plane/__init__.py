"""A real Kubernetes cluster for tests: etcd, kube-apiserver, controllers and a kubelet, built from upstream's code.

build.py makes the program (main.go and its neighbors); plane.py and node.py run it; given.py stands in where somebody
brought a cluster; api.py reads and writes either, with nothing of the product in between. Standard library only.
"""
