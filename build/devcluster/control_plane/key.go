//go:build !servers

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"os"
)

// writeKey FILE: a new private key that signs service account tokens (PEM, P-256). It is written in Go
// because Python's standard library cannot create keys.
func writeKey(arguments []string) int {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	orDie(err)
	der, err := x509.MarshalECPrivateKey(key)
	orDie(err)
	block := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
	orDie(os.WriteFile(arguments[0], block, 0o600))
	return 0
}
