"""What each command reads and decides: `observe()` reads the cluster, `plan()` is pure, and nothing is printed."""
