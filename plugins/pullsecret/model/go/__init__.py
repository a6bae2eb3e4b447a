"""How Go, and so the kubelet and kubectl, reads JSON, base64, URLs and durations."""
