"""Programs that this one starts for a login: credential plugins of kubeconfig, credential helpers of docker."""
