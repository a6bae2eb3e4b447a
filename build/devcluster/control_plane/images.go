package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
	fake "k8s.io/cri-api/pkg/apis/testing"
)

// publicHost is the registry whose images need no credentials.
const publicHost = "public.example/"

// A pull is one request of the kubelet to the runtime: a line of the file pulls. User and password are empty if it sent
// no credentials.
type pull struct {
	Image     string `json:"image"`
	Namespace string `json:"namespace"`
	Pod       string `json:"pod"`
	User      string `json:"user"`
	Password  string `json:"password"`
}

// images is the runtime's image service, which stands for all registries at once.
type images struct {
	*fake.FakeImageService
	accepted string // file: one user:password a line, read at every pull
	mu       sync.Mutex
	pulls    *json.Encoder
}

// newImages reads the file accepted in directory, and writes the file pulls.
func newImages(directory string) *images {
	pulls, err := os.OpenFile(filepath.Join(directory, "pulls"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	orDie(err)
	return &images{
		FakeImageService: fake.NewFakeImageService(),
		accepted:         filepath.Join(directory, "accepted"),
		pulls:            json.NewEncoder(pulls),
	}
}

// PullImage records the pull, then succeeds for a public image or with accepted credentials; otherwise it fails with
// containerd's message for a registry's 401.
func (i *images) PullImage(ctx context.Context, image *cri.ImageSpec, auth *cri.AuthConfig, pod *cri.PodSandboxConfig) (string, error) {
	i.record(pull{
		Image: image.GetImage(), Namespace: pod.GetMetadata().GetNamespace(), Pod: pod.GetMetadata().GetName(),
		User: auth.GetUsername(), Password: auth.GetPassword(),
	})
	if strings.HasPrefix(image.GetImage(), publicHost) || i.accepts(auth) {
		return i.FakeImageService.PullImage(ctx, image, auth, pod)
	}
	host, _, _ := strings.Cut(image.GetImage(), "/")
	return "", fmt.Errorf("failed to pull and unpack image %q: failed to resolve reference %q: "+
		"pulling from host %s failed with status code [manifests 1]: 401 Unauthorized", image.GetImage(), image.GetImage(), host)
}

func (i *images) record(pulled pull) {
	i.mu.Lock()
	defer i.mu.Unlock()
	orDie(i.pulls.Encode(pulled))
}

// accepts reads the file each time, so that a test can change it; without a file nothing is accepted.
func (i *images) accepts(auth *cri.AuthConfig) bool {
	text, err := os.ReadFile(i.accepted)
	if err != nil && !os.IsNotExist(err) {
		orDie(err)
	}
	credential := auth.GetUsername() + ":" + auth.GetPassword()
	return credential != ":" && slices.Contains(strings.Split(string(text), "\n"), credential)
}
