//go:build !before_1_33

package main

import (
	"context"

	"github.com/spf13/cobra"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
	"k8s.io/kubernetes/pkg/credentialprovider"
)

func kubeletCommand() *cobra.Command {
	return kubelet.NewKubeletCommand(context.Background())
}

// secretOf is the name of the secret that a credential comes from.
func secretOf(tried credentialprovider.TrackedAuthConfig) string {
	return tried.Source.Secret.Name
}
