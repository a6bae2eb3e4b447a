"""What each command sees and decides: `observe()` asks the cluster, `plan()` is pure, and nothing is printed."""
