"""What can-pull says, held against what a kubelet then sends: seeded combinations of secrets, accounts and images."""
