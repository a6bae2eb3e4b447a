//go:build !servers

package main

import (
	"os"

	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
)

func init() {
	modes["etcd"] = serving(runEtcd)
	modes["key"] = writeKey
	modes["raw"] = runRaw
	modes["relay"] = serving(runRelay)
	modes["kubeconfigs"] = answerKubeconfigs
	modes["command-lines"] = answerCommandLines
	modes["kubectl"] = runKubectl
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
