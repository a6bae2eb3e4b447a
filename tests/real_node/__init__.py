"""A node that really pulls and runs: kubelet, containerd, runc and registries, in a box that leaves nothing behind.

box.py runs a command in its own Linux namespaces, whose first process is inside.py; cleanup.py removes their cgroups.
In the box, node.py is the kubelet, runtime.py containerd, image.py the images, fake_registries.py the registries that
answer as us.icr.io and cp.icr.io, and hostile.py those that fail. Linux and root only; build/real-node.sh runs all.
"""
