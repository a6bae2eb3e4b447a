// openshiftapi: a stand-in for OpenShift's API server, which cannot be had as a program: image.openshift.io and
// build.openshift.io as an aggregated API, in memory.
//
//	openshiftapi CONFIG     CONFIG is a JSON file: {"server": URL, "ca": PATH, "token": TEXT} of the cluster
//
// What it gets must decode strictly into the types of github.com/openshift/api. Who may do what is asked of the cluster.
// It prints its port as the first line, and ends when its standard input does.
package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: openshiftapi CONFIG")
		os.Exit(2)
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	content, err := os.ReadFile(os.Args[1])
	orDie(err)
	var place cluster
	orDie(json.Unmarshal(content, &place))
	orDie(place.connect())
	certificate, err := selfSigned()
	orDie(err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	orDie(err)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	server := &http.Server{Handler: newAPI(&place), TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}}}
	orDie(server.ServeTLS(listener, "", ""))
}

func orDie(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "openshiftapi:", err)
		os.Exit(1)
	}
}
