//go:build before_1_33

package main

import (
	"github.com/spf13/cobra"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
	"k8s.io/kubernetes/pkg/credentialprovider"
)

func kubeletCommand() *cobra.Command {
	return kubelet.NewKubeletCommand()
}

// secretOf is empty: the kubelet did not know yet which secret a credential comes from.
func secretOf(credentialprovider.AuthConfig) string {
	return ""
}
