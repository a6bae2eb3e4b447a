"""Where credentials come from: a pipe, a file, the environment, a prompt, or the logins of docker and podman.

Nothing here prints. A failure is a CredentialError or a UsageError, and its text never contains a credential.
"""
