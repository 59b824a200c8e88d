package amqp

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// gate is a connection whose writes wait until the test lets them pass.
type gate struct {
	net.Conn
	pass   chan struct{}
	writes atomic.Int64
	mu     sync.Mutex
	out    bytes.Buffer
	closed atomic.Bool
	fail   error // after half of the next write
}

func newGate() *gate { return &gate{pass: make(chan struct{}, 1000)} }

func (g *gate) Write(b []byte) (int, error) {
	<-g.pass
	g.mu.Lock()
	defer g.mu.Unlock()
	g.writes.Add(1)
	if g.fail != nil {
		n, _ := g.out.Write(b[:len(b)/2])
		return n, g.fail
	}
	return g.out.Write(b)
}

func (g *gate) SetWriteDeadline(time.Time) error { return nil }
func (g *gate) Close() error                     { g.closed.Store(true); return nil }

func (g *gate) written() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.out.String()
}

func TestSocketGathersWhileAWriteIsUnderWay(t *testing.T) {
	g := newGate()
	s := newSocket(g, nil)
	mustWrite(t, s, "a")
	eventually(t, "the flusher takes the first write", func() bool { return pendingOf(s) == 0 })
	mustWrite(t, s, "b")
	mustWrite(t, s, "c")
	g.pass <- struct{}{}
	g.pass <- struct{}{}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := g.written(), "abc"; got != want {
		t.Errorf("written: got %q, want %q", got, want)
	}
	if got := g.writes.Load(); got != 2 {
		t.Errorf("writes: got %d, want 2", got)
	}
}

func TestSocketWriteNeverBlocks(t *testing.T) {
	t.Parallel()
	g := newGate()
	s := newSocket(g, nil)
	chunk := make([]byte, 64<<10)
	for range 2 * softBuffer / len(chunk) { // nobody reads
		if _, err := s.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := s.buffered(), 2*softBuffer; got != want {
		t.Errorf("buffered: got %d, want %d", got, want)
	}
	var err error
	chunk = make([]byte, hardBuffer/2)
	for i := 0; err == nil && i <= 4; i++ { // the flusher may have taken some
		_, err = s.Write(chunk)
	}
	if !errors.Is(err, errOverrun) {
		t.Fatalf("write to a peer that reads nothing: got %v, want errOverrun", err)
	}
	if !g.closed.Load() {
		t.Error("connection after the overrun: got open, want closed")
	}
	close(g.pass)
	<-s.flushed
}

func TestSocketTellsWhenThereIsRoom(t *testing.T) {
	g := newGate()
	room := make(chan int, 10)
	var s *socket
	ready := make(chan struct{})
	s = newSocket(g, func() { <-ready; room <- s.buffered() })
	close(ready)
	mustWrite(t, s, string(make([]byte, softBuffer)))
	g.pass <- struct{}{}
	select {
	case got := <-room:
		if got != 0 {
			t.Errorf("buffered when there is room: got %d, want 0", got)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("room: nobody was told")
	}
	g.pass <- struct{}{}
	mustWrite(t, s, "small")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if len(room) != 0 {
		t.Error("room: told again although the buffer was never full")
	}
}

func TestSocketWritesNothingAfterAPartialWrite(t *testing.T) {
	g := newGate()
	g.fail = errors.New("cut")
	s := newSocket(g, nil)
	mustWrite(t, s, "abcd")
	eventually(t, "the flusher takes the write", func() bool { return pendingOf(s) == 0 })
	mustWrite(t, s, "efgh")
	close(g.pass)
	<-s.flushed
	if got, want := g.written(), "ab"; got != want {
		t.Errorf("written: got %q, want %q", got, want)
	}
	if _, err := s.Write([]byte("x")); !errors.Is(err, g.fail) {
		t.Errorf("write after a partial write: got %v, want the first error", err)
	}
	if !g.closed.Load() {
		t.Error("connection after a partial write: got open, want closed")
	}
}

func TestSocketCloseFlushesFirst(t *testing.T) {
	client, server := net.Pipe()
	s := newSocket(client, nil)
	read := make(chan string, 1)
	go func() {
		b, _ := io.ReadAll(server)
		read <- string(b)
	}()
	mustWrite(t, s, "farewell")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := <-read, "farewell"; got != want {
		t.Errorf("read: got %q, want %q", got, want)
	}
	if _, err := s.Write([]byte("x")); err == nil {
		t.Error("write after Close: got nil, want an error")
	}
}

func TestSocketCloseDoesNotWaitForADeafPeer(t *testing.T) {
	client, server := net.Pipe() // nobody reads from server
	defer server.Close()
	s := newSocket(client, nil)
	mustWrite(t, s, "unheard")
	start := time.Now()
	s.Close()
	if took := time.Since(start); took > 4*lingerTimeout {
		t.Errorf("Close: took %s, want about %s", took, lingerTimeout)
	}
}

func TestSocketKillEndsAWriteUnderWay(t *testing.T) {
	client, server := net.Pipe()
	defer server.Close()
	s := newSocket(client, nil)
	mustWrite(t, s, "unheard")
	s.kill(errNoReply)
	<-s.flushed
	if _, err := s.Write([]byte("x")); !errors.Is(err, errNoReply) {
		t.Errorf("write after kill: got %v, want errNoReply", err)
	}
}

func mustWrite(t *testing.T, s *socket, text string) {
	t.Helper()
	if n, err := s.Write([]byte(text)); n != len(text) || err != nil {
		t.Fatalf("Write: got %d, %v", n, err)
	}
}

func pendingOf(s *socket) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.pending)
}

// eventually waits for a state that another goroutine brings about.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute) // for a loaded machine; most take milliseconds
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("did not happen: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// What a copy of a large foreign message needs does not break the connection.
func TestSocketMakesRoomForALargeMessage(t *testing.T) {
	t.Parallel()
	g := newGate()
	s := newSocket(g, nil)
	const size = hardBuffer + 16<<20
	frame := make([]byte, size/2)
	s.makeRoom(size)
	for written := 0; written < size; written += len(frame) {
		if _, err := s.Write(frame); err != nil {
			t.Fatalf("after %d MiB of %d: %v", written>>20, size>>20, err)
		}
	}
	if _, err := s.Write(make([]byte, 3*hardBuffer)); !errors.Is(err, errOverrun) {
		t.Errorf("far beyond it: got %v, want the connection given up", err)
	}
	close(g.pass)
	s.kill(errSocketClosed)
	<-s.flushed
}
