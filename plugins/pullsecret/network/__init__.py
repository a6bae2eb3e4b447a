"""How any server is reached: proxies, certificates, time-outs, failures in the words of Go."""
