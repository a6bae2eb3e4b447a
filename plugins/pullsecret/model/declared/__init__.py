"""What manifests declare, with the place of each object in its file: objects that no API server has seen yet."""
