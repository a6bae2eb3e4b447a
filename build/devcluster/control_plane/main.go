// controlplane: a Kubernetes cluster for tests in one static program, of upstream's unchanged code.
//
//	control-plane MODE [ARGUMENT...]     MODE is a key of modes below
//	kubectl [ARGUMENT...]                the same program under the name of a mode
//
// The server modes end when their standard input does: the process that started them has the other end of the pipe,
// which the system closes however that process ends.
package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// A mode runs one part with the arguments after its name, and gives the exit status.
type mode func(arguments []string) int

// These are the parts that differ between versions of Kubernetes; tools.go adds the others.
var modes = map[string]mode{
	"apiserver":    serving(runAPIServer),
	"controllers":  serving(runControllers),
	"kubelet":      serving(runKubelet),
	"full-kubelet": serving(runFullKubelet),
	"credentials":  answerCredentials,
	"references":   answerReferences,
}

func main() {
	if run, known := modes[filepath.Base(os.Args[0])]; known {
		os.Exit(run(os.Args[1:]))
	}
	if len(os.Args) > 1 {
		if run, known := modes[os.Args[1]]; known {
			os.Exit(run(os.Args[2:]))
		}
	}
	fmt.Fprintln(os.Stderr, "usage: control-plane MODE [ARGUMENT...]; modes:", slices.Sorted(maps.Keys(modes)))
	os.Exit(2)
}

// serving makes a mode end at once when standard input ends, without a graceful shutdown: an API server whose etcd is gone
// would hang in it, and no state is kept.
func serving(run mode) mode {
	return func(arguments []string) int {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			os.Exit(0)
		}()
		return run(arguments)
	}
}

// orDie ends the program with an error without which this part of the cluster cannot work; it goes to a log file.
func orDie(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "control-plane:", err)
		os.Exit(1)
	}
}
