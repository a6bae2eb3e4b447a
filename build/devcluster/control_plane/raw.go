//go:build !servers

package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// A work is what runRaw reads: the same steps for every target, the targets side by side. {word} in a step is replaced by the
// target's value of that name.
type work struct {
	Server      string              `json:"server"`
	CA          string              `json:"ca"` // a file of PEM certificates to trust
	Token       string              `json:"token"`
	Connections int                 `json:"connections"`
	Steps       []step              `json:"steps"`
	Targets     []map[string]string `json:"targets"`
}

// A step is one request; those of one target follow one another.
type step struct {
	Method  string `json:"method"`
	Path    string `json:"path"`
	Content string `json:"content"` // its media type
	Body    string `json:"body"`
}

// A tally is what runRaw prints: the time from before the first request to after the last answer, with the opening of the
// connections, and how many answers of each status there were.
type tally struct {
	Seconds  float64     `json:"seconds"`
	Statuses map[int]int `json:"statuses"`
}

// runRaw sends the requests of a work (JSON, on standard input) as fast as the server takes them over so many HTTP/1.1
// connections, and reads only the status: the limit that benchmarks are compared with.
func runRaw([]string) int {
	var todo work
	orDie(json.NewDecoder(os.Stdin).Decode(&todo))
	player := &player{work: todo, client: clientFor(todo), statuses: map[int]int{}}
	started := time.Now()
	player.play()
	result := tally{Seconds: time.Since(started).Seconds(), Statuses: player.statuses}
	orDie(json.NewEncoder(os.Stdout).Encode(result))
	return 0
}

// clientFor keeps its connections. They speak HTTP/1.1, as with any TLSClientConfig: over HTTP/2 the API server takes less.
func clientFor(todo work) *http.Client {
	pem, err := os.ReadFile(todo.CA)
	orDie(err)
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(pem) {
		orDie(fmt.Errorf("no certificate in %s", todo.CA))
	}
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: trusted},
		MaxConnsPerHost:     todo.Connections,
		MaxIdleConnsPerHost: todo.Connections,
		DisableCompression:  true,
	}}
}

type player struct {
	work
	client   *http.Client
	mu       sync.Mutex
	statuses map[int]int
}

// play runs the steps of all targets, as many at a time as there are connections.
func (p *player) play() {
	targets := make(chan map[string]string)
	var players sync.WaitGroup
	for range p.Connections {
		players.Go(func() {
			for target := range targets {
				p.playFor(target)
			}
		})
	}
	for _, target := range p.Targets {
		targets <- target
	}
	close(targets)
	players.Wait()
}

func (p *player) playFor(target map[string]string) {
	var pairs []string
	for word, value := range target {
		pairs = append(pairs, "{"+word+"}", value)
	}
	filled := strings.NewReplacer(pairs...)
	for _, step := range p.Steps {
		status := p.send(step.Method, filled.Replace(step.Path), step.Content, filled.Replace(step.Body))
		p.mu.Lock()
		p.statuses[status]++
		p.mu.Unlock()
	}
}

func (p *player) send(method, path, content, body string) int {
	request, err := http.NewRequest(method, p.Server+path, strings.NewReader(body))
	orDie(err)
	request.Header.Set("Authorization", "Bearer "+p.Token)
	request.Header.Set("Content-Type", content)
	response, err := p.client.Do(request)
	orDie(err)
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	orDie(err)
	return response.StatusCode
}
