package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A login is a user and a password.
type login struct{ user, password string }

// A registryRequest is for a manifest.
type registryRequest struct {
	host, path, reference string
	isInsecure            bool
}

// Go takes the certificates of $SSL_CERT_FILE, and the proxy of $HTTPS_PROXY.
var web = &http.Client{Timeout: patience}

// A keyring has the entries of pull secrets by their keys, in the order of the secrets.
type keyring map[string][]*login

// keyringOf reads pull secrets as the kubelet does; one that cannot be read fails all of them
// (kubernetes: pkg/credentialprovider/secrets/secrets.go, which OpenShift's importer uses).
func keyringOf(secrets []pullSecret) (keyring, error) {
	found := keyring{}
	for _, secret := range secrets {
		var config struct {
			Auths map[string]struct{ Auth, Username, Password string } `json:"auths"`
		}
		var err error
		if content := secret.Data[".dockerconfigjson"]; len(content) > 0 {
			err = json.Unmarshal(content, &config)
		} else if content := secret.Data[".dockercfg"]; len(content) > 0 {
			err = json.Unmarshal(content, &config.Auths)
		}
		if err != nil {
			return nil, err
		}
		for key, entry := range config.Auths {
			one := &login{entry.Username, entry.Password}
			if entry.Auth != "" {
				decoded, err := base64.StdEncoding.DecodeString(entry.Auth)
				if err != nil {
					return nil, err
				}
				one.user, one.password, _ = strings.Cut(string(decoded), ":")
			}
			key = normalized(key)
			found[key] = append(found[key], one)
		}
	}
	return found, nil
}

// loginFor is the one entry that an import uses: the first one of the longest key (importer/staticcredentials.go).
func (k keyring) loginFor(host, path string) *login {
	keys := slices.Sorted(maps.Keys(k))
	slices.Reverse(keys)
	for _, key := range keys {
		if isKeyFor(key, host, path) {
			return k[key][0]
		}
	}
	return nil
}

func normalized(key string) string {
	key = strings.TrimPrefix(strings.TrimPrefix(key, "https://"), "http://")
	host, path, _ := strings.Cut(key, "/")
	for _, version := range []string{"v1/", "v2/"} {
		path = strings.TrimPrefix(path, version)
	}
	return strings.TrimSuffix(host+"/"+path, "/")
}

func isKeyFor(key, host, path string) bool {
	keyHost, keyPath, _ := strings.Cut(key, "/")
	wanted, given := strings.Split(keyHost, "."), strings.Split(host, ".")
	if len(wanted) != len(given) || !strings.HasPrefix(path, keyPath) {
		return false
	}
	for at, label := range wanted {
		if is, err := filepath.Match(label, given[at]); err != nil || !is {
			return false
		}
	}
	return true
}

// An answer is what a registry or its token server said; code and message are those of its first error.
type answer struct {
	status                           int
	digest, challenge, code, message string
}

// send asks for the manifest, with a login or without; the digest is that of the answer.
func (r *registryRequest) send(as *login) (*answer, error) {
	schemes := []string{"https"}
	if r.isInsecure {
		schemes = []string{"https", "http"}
	}
	var failure error
	for _, scheme := range schemes {
		address := fmt.Sprintf("%s://%s/v2/%s/manifests/%s", scheme, r.host, r.path, r.reference)
		said, err := get(address, "")
		if err != nil {
			failure = err
			continue
		}
		if said.status != http.StatusUnauthorized {
			return said, nil
		}
		authorization, refused, err := r.authorization(said.challenge, as)
		if err != nil || refused != nil {
			return refused, err
		}
		if authorization == "" {
			return said, nil
		}
		return get(address, authorization)
	}
	return nil, failure
}

var parameter = regexp.MustCompile(`(\w+)="([^"]*)"`)

// authorization answers a challenge; "" where that needs a login and there is none, or what the token server refused.
func (r *registryRequest) authorization(challenge string, as *login) (string, *answer, error) {
	kind, _, _ := strings.Cut(challenge, " ")
	basic := ""
	if as != nil {
		basic = "Basic " + base64.StdEncoding.EncodeToString([]byte(as.user+":"+as.password))
	}
	if strings.EqualFold(kind, "Basic") {
		return basic, nil, nil
	}
	values := map[string]string{}
	for _, found := range parameter.FindAllStringSubmatch(challenge, -1) {
		values[found[1]] = found[2]
	}
	query := url.Values{"service": {values["service"]}, "scope": {"repository:" + r.path + ":pull"}}
	content, said, err := load(values["realm"]+"?"+query.Encode(), basic)
	if err != nil || said.status != http.StatusOK {
		return "", said, err
	}
	var token struct {
		Token       string `json:"token"`
		AccessToken string `json:"access_token"`
	}
	err = json.Unmarshal(content, &token)
	return "Bearer " + token.Token + token.AccessToken, nil, err
}

func get(address, authorization string) (*answer, error) {
	_, said, err := load(address, authorization)
	return said, err
}

func load(address, authorization string) ([]byte, *answer, error) {
	request, err := http.NewRequest("GET", address, nil)
	if err != nil {
		return nil, nil, err
	}
	request.Header.Set("Accept", "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "+
		"application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json")
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := web.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(io.LimitReader(response.Body, 8<<20))
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256(content))
	said := &answer{status: response.StatusCode, digest: digest, challenge: response.Header.Get("WWW-Authenticate")}
	var problems struct {
		Errors []struct{ Code, Message string } `json:"errors"`
	}
	if json.Unmarshal(content, &problems) == nil && len(problems.Errors) > 0 {
		said.code, said.message = problems.Errors[0].Code, problems.Errors[0].Message
	}
	return content, said, err
}
