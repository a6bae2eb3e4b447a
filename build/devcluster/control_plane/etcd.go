//go:build !servers

package main

import (
	"net/url"
	"path/filepath"

	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/storage/wal"
)

// runEtcd DIRECTORY: a store of one member, with its data and its socket, client.sock, in DIRECTORY. Nothing is synced to
// disk, for nothing is kept. A socket needs no free port, and no other user of the machine reaches it.
func runEtcd(arguments []string) int {
	directory := arguments[0]
	wal.SegmentSizeBytes = 4 << 20 // two of them are allocated beforehand: no 128 MB for each test run that was killed
	config := embed.NewConfig()
	config.Dir = filepath.Join(directory, "data")
	config.UnsafeNoFsync = true
	config.LogLevel = "warn"
	// The addresses advertised stay etcd's defaults: they must be of a port, and a single member is never called there.
	config.ListenClientUrls = []url.URL{{Scheme: "unix", Path: filepath.Join(directory, "client.sock")}}
	config.ListenPeerUrls = []url.URL{{Scheme: "unix", Path: filepath.Join(directory, "peer.sock")}}

	server, err := embed.StartEtcd(config)
	orDie(err)
	orDie(<-server.Err())
	return 1
}
