"""Where the API server is and who we are there, as kubectl finds it out: files, flags, environment, or the pod."""
