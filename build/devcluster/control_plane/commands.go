package main

import (
	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

// runAPIServer is kube-apiserver, with its flags.
func runAPIServer(arguments []string) int {
	return runCommand(apiserver.NewAPIServerCommand(), arguments)
}

// runControllers is kube-controller-manager, with its flags.
func runControllers(arguments []string) int {
	return runCommand(controllers.NewControllerManagerCommand(), arguments)
}

// runFullKubelet is kubelet, with its flags: it needs root and a container runtime (tests/real_node).
func runFullKubelet(arguments []string) int {
	return runCommand(kubeletCommand(), arguments)
}

func runCommand(command *cobra.Command, arguments []string) int {
	command.SetArgs(arguments)
	return cli.Run(command)
}
