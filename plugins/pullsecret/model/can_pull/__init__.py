"""Whether the images of pods that do not exist yet would be pulled, by the kubelet's rules, and the fix if not."""
