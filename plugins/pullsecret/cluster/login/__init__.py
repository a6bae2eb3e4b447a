"""Authentication to the API server: tokens, certificates, credential plugins and OIDC."""
