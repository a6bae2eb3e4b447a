// serve runs until it is told to stop: the program in every image of the tests, the sandbox's included. Its argument is the
// image's name, for those who look at the list of processes.
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
