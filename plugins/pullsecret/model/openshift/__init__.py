"""OpenShift's own objects: the global pull secret, the internal registry, image streams, and what nodes do."""
