"""A node that really pulls and runs: kubelet, containerd, runc and registries, in a box of which nothing is left.

box.py runs a command in namespaces of its own, whose first process is inside.py, and keeper.py sweeps up behind them.
In the box, node.py is the kubelet, runtime.py containerd, image.py the images, stands.py the registries that answer as
us.icr.io and cp.icr.io, and those that answer in unfriendly ways. Linux and root only; build/real-node.sh runs all.
"""
