"""TAB: the protocol, the names, the shells."""
