//go:build !servers

package main

import (
	"crypto/tls"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"sync/atomic"

	"k8s.io/apimachinery/pkg/api/errors"
)

const (
	refusalsPath = "/refusals" // answered by the refuser itself
	retryAfter   = 1           // second, as the API server says
)

// A refuser forwards requests to an API server. It answers 429 to a write while `most` are under way, as the API server does
// when its priority level is full.
type refuser struct {
	most     int64
	underWay atomic.Int64
	refused  atomic.Int64
	server   http.Handler
}

// startRefuser listens on a port of loopback, with the certificate of the server, and returns its address.
func startRefuser(server, directory string, most int64) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	orDie(err)
	forwarding := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "https", Host: server})
	forwarding.FlushInterval = -1 // for watches
	forwarding.Transport = &http.Transport{
		TLSClientConfig:     &tls.Config{InsecureSkipVerify: true}, // on loopback; the client checks the same certificate
		MaxIdleConnsPerHost: 1024,
		DisableCompression:  true,
	}
	certificate, key := filepath.Join(directory, "apiserver.crt"), filepath.Join(directory, "apiserver.key")
	go func() { orDie(http.ServeTLS(listener, &refuser{most: most, server: forwarding}, certificate, key)) }()
	return listener.Addr().String()
}

func (r *refuser) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	switch {
	case request.URL.Path == refusalsPath:
		answerJSON(response, http.StatusOK, map[string]int64{"refused": r.refused.Load()})
	case request.Method == http.MethodGet || request.Method == http.MethodHead:
		r.server.ServeHTTP(response, request)
	default:
		defer r.underWay.Add(-1)
		if r.underWay.Add(1) > r.most {
			r.refuse(response)
			return
		}
		r.server.ServeHTTP(response, request)
	}
}

func (r *refuser) refuse(response http.ResponseWriter) {
	r.refused.Add(1)
	response.Header().Set("Retry-After", "1")
	status := errors.NewTooManyRequests("Too many requests, please try again later.", retryAfter).Status()
	status.Kind, status.APIVersion = "Status", "v1"
	answerJSON(response, http.StatusTooManyRequests, status)
}

func answerJSON(response http.ResponseWriter, status int, body any) {
	response.Header().Set("Content-Type", "application/json")
	response.WriteHeader(status)
	_ = json.NewEncoder(response).Encode(body) // a client that is gone needs none
}
