package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"

	"github.com/distribution/reference"
	"github.com/go-logr/logr"
	v1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/credentialprovider"
	"k8s.io/kubernetes/pkg/credentialprovider/secrets"
	"k8s.io/kubernetes/pkg/util/parsers"
)

// A pod is a query: its pull secrets, and the images to find credentials for. Names are images, too, but are passed to the
// keyring as they are.
type pod struct {
	Secrets []v1.Secret `json:"secrets"`
	Images  []string    `json:"images"`
	Names   []string    `json:"names"`
}

// A verdict answers it: the lookup of each image, which finds nothing when one of the secrets is Malformed.
type verdict struct {
	Malformed string   `json:"malformed"`
	Lookups   []lookup `json:"lookups"`
}

// A lookup is what the kubelet finds for one image, or why it refuses the image's name.
type lookup struct {
	Invalid     string       `json:"invalid"`
	Credentials []credential `json:"credentials"`
}

// A credential is as the kubelet sends it, with the name of its secret. Bytes, because they need not be UTF-8.
type credential struct {
	Secret   string `json:"secret"`
	Username []byte `json:"username"`
	Password []byte `json:"password"`
	Email    []byte `json:"email"`
}

// answerCredentials answers pods with verdicts, a line of JSON each, by the kubelet's own code.
func answerCredentials([]string) int {
	klog.SetLogger(logr.Discard()) // it logs every key that is not an address
	return answerAll(verdictOf)
}

// answerReferences parses image names (JSON strings, one a line) with the reference package.
func answerReferences([]string) int {
	return answerAll(parsedReference)
}

func answerAll[Question, Answer any](answer func(Question) Answer) int {
	in := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20))
	buffered := bufio.NewWriterSize(os.Stdout, 1<<20)
	out := json.NewEncoder(buffered)
	for {
		var question Question
		err := in.Decode(&question)
		if err == io.EOF {
			break
		}
		orDie(err)
		orDie(out.Encode(answer(question)))
	}
	orDie(buffered.Flush())
	return 0
}

func verdictOf(asked pod) verdict {
	keyring, err := secrets.MakeDockerKeyring(asked.Secrets, &credentialprovider.BasicDockerKeyring{})
	var given verdict
	if err != nil {
		given.Malformed = err.Error()
		keyring = &credentialprovider.BasicDockerKeyring{}
	}
	for _, image := range asked.Images {
		given.Lookups = append(given.Lookups, lookupOf(keyring, image))
	}
	for _, name := range asked.Names {
		given.Lookups = append(given.Lookups, lookup{Credentials: credentialsOf(keyring, name)})
	}
	return given
}

// lookupOf does what the kubelet's image manager does before a pull.
func lookupOf(keyring credentialprovider.DockerKeyring, image string) lookup {
	repository, _, _, err := parsers.ParseImageName(image)
	if err != nil {
		_, reason := reference.ParseNormalizedNamed(image)
		return lookup{Invalid: reason.Error()}
	}
	return lookup{Credentials: credentialsOf(keyring, repository)}
}

func credentialsOf(keyring credentialprovider.DockerKeyring, name string) []credential {
	found, _ := keyring.Lookup(name)
	given := []credential{}
	for _, tried := range found {
		given = append(given, credential{
			Secret:   secretOf(tried),
			Username: []byte(tried.Username),
			Password: []byte(tried.Password),
			Email:    []byte(tried.Email),
		})
	}
	return given
}

// A parsing is the result of the reference package for an image's name: its parts, or its error.
type parsing struct {
	Error  string `json:"error"`
	Domain string `json:"domain"`
	Path   string `json:"path"`
	Tag    string `json:"tag"`
	Digest string `json:"digest"`
	Text   string `json:"text"`
}

func parsedReference(image string) parsing {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return parsing{Error: err.Error()}
	}
	parts := parsing{Domain: reference.Domain(named), Path: reference.Path(named), Text: named.String()}
	if tagged, ok := named.(reference.Tagged); ok {
		parts.Tag = tagged.Tag()
	}
	if digested, ok := named.(reference.Digested); ok {
		parts.Digest = digested.Digest().String()
	}
	return parts
}
