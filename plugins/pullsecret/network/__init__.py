"""How any server is reached: HTTP, proxies, certificates, timeouts, redaction, and Go's messages for failures."""
