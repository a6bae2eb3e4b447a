"""Where containerd pulls from: hosts.toml, and the config_path that leads to it."""
