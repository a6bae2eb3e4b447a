"""Where a password can come from: a pipe, a file, the environment, a person, or the logins of docker and podman.

Nothing here prints. What failed is a CredentialError or a UsageError, and no text of either holds a credential.
"""
