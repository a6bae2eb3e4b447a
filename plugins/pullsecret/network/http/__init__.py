"""How a request travels, once for API servers, registries and token servers: messages, HTTP/1.1, connections."""
