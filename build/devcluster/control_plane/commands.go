package main

import (
	"context"
	"os"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	kubectl "k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
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
	return runCommand(kubelet.NewKubeletCommand(context.Background()), arguments)
}

func runCommand(command *cobra.Command, arguments []string) int {
	command.SetArgs(arguments)
	return cli.Run(command)
}

// runKubectl is kubectl, plugins on PATH included. It looks for its arguments in os.Args in several places, so they are
// put there, under the name that help and errors show.
func runKubectl(arguments []string) int {
	os.Args = append([]string{"kubectl"}, arguments...)
	if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
		util.CheckErr(err) // prints in kubectl's words, and exits
	}
	return 0
}
