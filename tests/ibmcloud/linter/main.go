// Reads a plugin's metadata on stdin as the IBM Cloud CLI does, but strictly, and prints what the SDK's own linter
// finds: a line each, "PRIORITY: command: what". The exit status is 1 for input that is not metadata.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/IBM-Cloud/ibm-cloud-cli-sdk/plugin"
)

func main() {
	metadata, err := read(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, findings := range plugin.NewPluginMetadataValidator().Errors([]plugin.PluginMetadata{metadata}) {
		for _, finding := range findings {
			fmt.Printf("%s: %s: %s\n", finding.Priority, finding.CommandName, finding.Error)
		}
	}
}

// read refuses fields that the SDK does not know, and anything after the document.
func read(input io.Reader) (plugin.PluginMetadata, error) {
	var metadata plugin.PluginMetadata
	decoder := json.NewDecoder(input)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&metadata); err != nil {
		return metadata, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return metadata, fmt.Errorf("unexpected data after the document: %v", err)
	}
	return metadata, nil
}
