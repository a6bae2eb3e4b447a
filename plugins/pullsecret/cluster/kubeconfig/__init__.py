"""Resolves the API server and the user as kubectl does: from files, flags, environment, or the pod."""
