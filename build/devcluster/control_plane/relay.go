//go:build !servers

package main

import (
	"bytes"
	"fmt"
	"net"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"
)

const (
	readSize = 64 << 10
	mostDue  = 256 // parts of a connection under way in one direction: up to 16 MiB
)

// runRelay SERVER ROUND-TRIP [DIRECTORY MOST-WRITES]: a server at a distance. It listens on a port of loopback, which it
// prints, and forwards each connection to SERVER (host:port), each direction later by half of ROUND-TRIP (such as 80ms).
// To open a connection takes a round trip, too. Bandwidth is not limited, and there is no slow start.
//
// With DIRECTORY, which has the server's certificate and key, writes above MOST-WRITES at a time are refused on the server's
// side of the distance (see refuser).
func runRelay(arguments []string) int {
	runtime.GOMAXPROCS(runtime.NumCPU() + 3) // three threads sleep
	server := arguments[0]
	roundTrip, err := time.ParseDuration(arguments[1])
	orDie(err)
	if len(arguments) > 2 {
		most, err := strconv.ParseInt(arguments[3], 10, 64)
		orDie(err)
		server = startRefuser(server, arguments[2], most)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	orDie(err)
	fmt.Println(listener.Addr())
	relay := &relay{server: server, opening: newDelay(roundTrip), there: newDelay(roundTrip / 2), back: newDelay(roundTrip / 2)}
	for {
		near, err := listener.Accept()
		orDie(err)
		go relay.connect(near.(*net.TCPConn))
	}
}

type relay struct {
	server               string
	opening, there, back delay
}

// connect opens the connection to the server when a client at that distance would know that it is open.
func (r *relay) connect(near *net.TCPConn) {
	defer near.Close()
	opened := make(chan []byte, 1)
	r.opening.put(opened, nil)
	<-opened
	far, err := net.Dial("tcp", r.server)
	if err != nil {
		return
	}
	defer far.Close()
	var both sync.WaitGroup
	both.Go(func() { forward(near, far.(*net.TCPConn), r.there) })
	both.Go(func() { forward(far.(*net.TCPConn), near, r.back) })
	both.Wait()
}

// forward sends what comes from one side to the other, later, until it ends; the end arrives later, too.
func forward(from, to *net.TCPConn, later delay) {
	arriving, room := make(chan []byte, mostDue), make(chan struct{}, mostDue)
	go func() {
		buffer := make([]byte, readSize)
		for {
			count, err := from.Read(buffer)
			room <- struct{}{} // a sender that is faster than the receiver waits here
			later.put(arriving, bytes.Clone(buffer[:count]))
			if err != nil {
				room <- struct{}{}
				later.put(arriving, nil)
				return
			}
		}
	}()
	for part := range arriving {
		<-room
		if part == nil {
			break
		}
		_, _ = to.Write(part) // a side that is gone is noticed where it is read
	}
	_ = to.CloseWrite()
}

// A delay hands on everything the same time later, so that what comes first leaves first: one queue is enough for all
// connections, and one thread, which sleeps in the system, for Go's own timers round up to a millisecond.
type delay struct {
	time  time.Duration
	queue chan delayed
}

type delayed struct {
	due  time.Time
	to   chan<- []byte
	part []byte
}

func newDelay(time time.Duration) delay {
	delay := delay{time: time, queue: make(chan delayed, 4096)}
	go delay.run()
	return delay
}

// put has the part sent to a channel, which must have room for it by then.
func (d delay) put(to chan<- []byte, part []byte) {
	d.queue <- delayed{due: time.Now().Add(d.time), to: to, part: part}
}

func (d delay) run() {
	runtime.LockOSThread()
	for next := range d.queue {
		for left := time.Until(next.due); left > 0; left = time.Until(next.due) {
			interval := syscall.NsecToTimespec(left.Nanoseconds())
			_ = syscall.Nanosleep(&interval, nil) // if interrupted, it sleeps again
		}
		next.to <- next.part
	}
}
