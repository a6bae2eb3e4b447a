package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	imagev1 "github.com/openshift/api/image/v1"
)

// A cluster is the API server in front: it says who may do what, and has the pull secrets.
type cluster struct {
	Server string `json:"server"`
	CA     string `json:"ca"`
	Token  string `json:"token"`
	client *http.Client
}

func (c *cluster) connect() error {
	authorities, err := os.ReadFile(c.CA)
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authorities)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	c.client = &http.Client{Transport: transport, Timeout: 30 * time.Second}
	return nil
}

func (c *cluster) call(method, path string, body, answer any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequest(method, c.Server+path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+c.Token)
	request.Header.Set("Content-Type", "application/json")
	response, err := c.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s", method, path, response.Status)
	}
	return json.NewDecoder(response.Body).Decode(answer)
}

// An access is one thing that somebody wants to do, as RBAC sees it.
type access struct {
	verb, group, resource, subresource, namespace, name string
}

// allows asks the cluster whether the user of a request, whom the aggregator names in its headers, may do something.
func (c *cluster) allows(headers http.Header, wanted access) (bool, error) {
	extra := map[string][]string{}
	for name, values := range headers {
		if key, is := strings.CutPrefix(name, "X-Remote-Extra-"); is {
			if plain, err := url.PathUnescape(strings.ToLower(key)); err == nil {
				extra[plain] = values
			}
		}
	}
	review := map[string]any{
		"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
		"spec": map[string]any{
			"user": headers.Get("X-Remote-User"), "groups": headers.Values("X-Remote-Group"),
			"uid": headers.Get("X-Remote-Uid"), "extra": extra,
			"resourceAttributes": map[string]any{
				"verb": wanted.verb, "group": wanted.group, "version": "v1", "resource": wanted.resource,
				"subresource": wanted.subresource, "namespace": wanted.namespace, "name": wanted.name,
			},
		},
	}
	var answer struct {
		Status struct {
			Allowed bool `json:"allowed"`
		} `json:"status"`
	}
	err := c.call("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review, &answer)
	return answer.Status.Allowed, err
}

// A pullSecret is what an import uses of a secret.
type pullSecret struct {
	Metadata struct {
		Name        string            `json:"name"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
	Type string            `json:"type"`
	Data map[string][]byte `json:"data"`
}

// pullSecrets are those of a namespace that an import may use, whatever service account lists them
// (openshift-apiserver: pkg/image/apiserver/registry/imagesecret/rest.go).
func (c *cluster) pullSecrets(namespace string) ([]pullSecret, error) {
	var found struct {
		Items []pullSecret `json:"items"`
	}
	if err := c.call("GET", "/api/v1/namespaces/"+namespace+"/secrets", nil, &found); err != nil {
		return nil, err
	}
	var kept []pullSecret
	for _, secret := range found.Items {
		if secret.Metadata.Annotations[imagev1.ExcludeImageSecretAnnotation] == "true" {
			continue
		}
		if secret.Type == "kubernetes.io/dockerconfigjson" || secret.Type == "kubernetes.io/dockercfg" {
			kept = append(kept, secret)
		}
	}
	return kept, nil
}

func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotAfter:     time.Now().Add(24 * time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	content, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{content}, PrivateKey: key}, err
}
