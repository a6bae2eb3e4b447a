"""The product's reading of pull secrets and image names, held against the code that a kubelet runs."""
