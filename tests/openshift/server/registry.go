package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
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

// loginsFor are the entries of secrets for a repository, those with longer keys first.
func loginsFor(secrets []pullSecret, host, path string) []*login {
	var found []*login
	for _, secret := range secrets {
		var config struct {
			Auths map[string]json.RawMessage `json:"auths"`
		}
		if err := json.Unmarshal(secret.Data[".dockerconfigjson"], &config); err != nil {
			config.Auths = nil
		}
		if legacy := secret.Data[".dockercfg"]; legacy != nil {
			_ = json.Unmarshal(legacy, &config.Auths)
		}
		for key, content := range config.Auths {
			if one := loginIn(content); one != nil && isKeyFor(key, host, path) {
				found = append(found, one)
			}
		}
	}
	return found
}

func loginIn(content json.RawMessage) *login {
	var entry struct{ Auth, Username, Password string }
	if json.Unmarshal(content, &entry) != nil {
		return nil
	}
	if decoded, err := base64.StdEncoding.DecodeString(entry.Auth); err == nil && entry.Auth != "" {
		entry.Username, entry.Password, _ = strings.Cut(string(decoded), ":")
	}
	if entry.Username == "" {
		return nil
	}
	return &login{entry.Username, entry.Password}
}

func isKeyFor(key, host, path string) bool {
	key = strings.TrimPrefix(strings.TrimPrefix(key, "https://"), "http://")
	keyHost, keyPath, _ := strings.Cut(strings.TrimSuffix(key, "/"), "/")
	keyPath = strings.TrimSuffix(strings.TrimSuffix(keyPath, "v1"), "v2")
	return keyHost == host && (keyPath == "" || path == keyPath || strings.HasPrefix(path, keyPath+"/"))
}

// send asks for the manifest, with a login or without; the digest is that of the answer.
func (r *registryRequest) send(as *login) (string, int, error) {
	schemes := []string{"https"}
	if r.isInsecure {
		schemes = []string{"https", "http"}
	}
	var failure error
	for _, scheme := range schemes {
		address := fmt.Sprintf("%s://%s/v2/%s/manifests/%s", scheme, r.host, r.path, r.reference)
		digest, status, challenge, err := get(address, "")
		if err != nil {
			failure = err
			continue
		}
		if status != http.StatusUnauthorized {
			return digest, status, nil
		}
		authorization, err := r.authorization(challenge, as)
		if err != nil || authorization == "" {
			return "", http.StatusUnauthorized, err
		}
		digest, status, _, err = get(address, authorization)
		return digest, status, err
	}
	return "", 0, failure
}

var parameter = regexp.MustCompile(`(\w+)="([^"]*)"`)

// authorization answers a challenge; "" where that needs a login and there is none, or it is refused.
func (r *registryRequest) authorization(challenge string, as *login) (string, error) {
	kind, _, _ := strings.Cut(challenge, " ")
	if strings.EqualFold(kind, "Basic") {
		if as == nil {
			return "", nil
		}
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(as.user+":"+as.password)), nil
	}
	values := map[string]string{}
	for _, found := range parameter.FindAllStringSubmatch(challenge, -1) {
		values[found[1]] = found[2]
	}
	query := url.Values{"service": {values["service"]}, "scope": {"repository:" + r.path + ":pull"}}
	request, err := http.NewRequest("GET", values["realm"]+"?"+query.Encode(), nil)
	if err != nil {
		return "", err
	}
	if as != nil {
		request.SetBasicAuth(as.user, as.password)
	}
	response, err := web.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var answer struct {
		Token       string `json:"token"`
		AccessToken string `json:"access_token"`
	}
	if response.StatusCode != http.StatusOK || json.NewDecoder(response.Body).Decode(&answer) != nil {
		return "", nil
	}
	return "Bearer " + answer.Token + answer.AccessToken, nil
}

func get(address, authorization string) (digest string, status int, challenge string, err error) {
	request, err := http.NewRequest("GET", address, nil)
	if err != nil {
		return "", 0, "", err
	}
	request.Header.Set("Accept", "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "+
		"application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json")
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := web.Do(request)
	if err != nil {
		return "", 0, "", err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(io.LimitReader(response.Body, 8<<20))
	return fmt.Sprintf("sha256:%x", sha256.Sum256(content)), response.StatusCode, response.Header.Get("WWW-Authenticate"), err
}
