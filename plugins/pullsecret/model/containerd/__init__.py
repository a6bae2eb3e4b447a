"""How containerd is told where to pull from: hosts.toml, and the config_path that leads to it."""
