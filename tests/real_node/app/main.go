// serve runs until it gets a signal: the program in every image of the tests, the sandbox's included. Its argument is the
// image's name, which the list of processes shows.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	<-stop
}
