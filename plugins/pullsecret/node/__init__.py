"""The files of a node: what pods of `generate containerd-hosts` read and write there, in directories of the host."""
