//go:build !servers

package main

import (
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
)

// What is loaded is what kubectl makes of a kubeconfig file: the server, the user and the namespace, or its error.
type loaded struct {
	Error     string `json:"error"`
	Server    string `json:"server"`
	Namespace string `json:"namespace"`
	Token     []byte `json:"token"`
	Username  []byte `json:"username"`
	Password  []byte `json:"password"`
	As        []byte `json:"as"`
	Exec      []byte `json:"exec"`
	Provider  []byte `json:"provider"`
}

// answerKubeconfigs answers the bytes of kubeconfig files (JSON strings in base64, one a line) by kubectl's own code.
func answerKubeconfigs([]string) int {
	klog.SetOutput(io.Discard)
	klog.LogToStderr(false)
	directory, err := os.MkdirTemp("", "kubeconfigs")
	orDie(err)
	defer os.RemoveAll(directory)
	path := filepath.Join(directory, "config")
	return answerAll(func(content []byte) loaded {
		orDie(os.WriteFile(path, content, 0o600))
		return loadedFrom(path)
	})
}

func loadedFrom(path string) loaded {
	flags := genericclioptions.NewConfigFlags(true)
	flags.KubeConfig = &path
	config, err := flags.ToRESTConfig()
	if err != nil {
		return loaded{Error: err.Error()}
	}
	namespace, _, err := flags.ToRawKubeConfigLoader().Namespace()
	if err != nil {
		return loaded{Error: err.Error()}
	}
	server, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return loaded{Error: err.Error()}
	}
	given := loaded{
		Server:    server.Scheme + "://" + server.Host + server.EscapedPath(),
		Namespace: namespace,
		Token:     []byte(config.BearerToken),
		Username:  []byte(config.Username),
		Password:  []byte(config.Password),
		As:        []byte(config.Impersonate.UserName),
	}
	if config.ExecProvider != nil {
		given.Exec = []byte(config.ExecProvider.Command)
	}
	if config.AuthProvider != nil {
		given.Provider = []byte(config.AuthProvider.Name)
	}
	return given
}

// A commandLine is words for a command with these flags.
type commandLine struct {
	Flags []flag   `json:"flags"`
	Words []string `json:"words"`
}

// A flag as pflag knows it, under one of its names: what it is set to is reported under the name Into. Bare is the value
// that it has when none is given, if it IsOptional.
type flag struct {
	Name       string `json:"name"`
	Into       string `json:"into"`
	Letter     string `json:"letter"`
	IsSwitch   bool   `json:"is_switch"`
	IsOptional bool   `json:"is_optional"`
	Bare       string `json:"bare"`
}

// A split is what pflag makes of the words: each flag that was set with its value, in order, and the names; or its error.
type split struct {
	Error string      `json:"error"`
	Set   [][2]string `json:"set"`
	Names []string    `json:"names"`
}

// A recorder is a flag's value that remembers every text that it was set to.
type recorder struct {
	pflag.Value
	name string
	into *split
}

func (r recorder) Set(text string) error {
	if err := r.Value.Set(text); err != nil {
		return err
	}
	r.into.Set = append(r.into.Set, [2]string{r.name, r.Value.String()})
	return nil
}

// answerCommandLines answers command lines with how pflag splits them, as kubectl's commands do.
func answerCommandLines([]string) int {
	return answerAll(splitOf)
}

func splitOf(asked commandLine) split {
	given := split{Set: [][2]string{}, Names: []string{}}
	flags := pflag.NewFlagSet("kubectl", pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	values := pflag.NewFlagSet("values", pflag.ContinueOnError)
	for _, one := range asked.Flags {
		if one.IsSwitch {
			values.Bool(one.Name, false, "")
		} else {
			values.String(one.Name, "", "")
		}
		added := flags.VarPF(recorder{values.Lookup(one.Name).Value, one.Into, &given}, one.Name, one.Letter, "")
		if one.IsSwitch {
			added.NoOptDefVal = "true"
		} else if one.IsOptional {
			added.NoOptDefVal = one.Bare
		}
	}
	if err := flags.Parse(asked.Words); err != nil {
		given.Error = err.Error()
	}
	given.Names = append(given.Names, flags.Args()...)
	return given
}
