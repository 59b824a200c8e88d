package amqp

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"
)

// pair returns both ends of a TCP connection, the first one quick.
func pair(t *testing.T) (fast, peer net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dialled, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	peer, err = l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	fast = quick(dialled)
	t.Cleanup(func() { fast.Close(); peer.Close() })
	return fast, peer
}

func TestQuickConnCarriesMoreThanTheBuffersHold(t *testing.T) {
	t.Parallel()
	fast, peer := pair(t)
	sent := make([]byte, 32<<20)
	for i := range sent {
		sent[i] = byte(i * 7 >> 3)
	}
	var all sync.WaitGroup
	for _, way := range []struct{ from, to net.Conn }{{fast, peer}, {peer, fast}} {
		all.Go(func() {
			if n, err := way.from.Write(sent); n != len(sent) || err != nil {
				t.Errorf("Write: got %d, %v, want %d, nil", n, err, len(sent))
			}
		})
		all.Go(func() {
			got := make([]byte, len(sent))
			if _, err := io.ReadFull(way.to, got); err != nil || !bytes.Equal(got, sent) {
				t.Errorf("Read: got %v and equal %v, want what was written", err, bytes.Equal(got, sent))
			}
		})
	}
	all.Wait()
}

func TestQuickConnEnds(t *testing.T) {
	t.Run("closed by the peer", func(t *testing.T) {
		fast, peer := pair(t)
		peer.Close()
		if n, err := fast.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("Read: got %d, %v, want 0, EOF", n, err)
		}
	})
	t.Run("reset by the peer", func(t *testing.T) {
		fast, peer := pair(t)
		if err := peer.(*net.TCPConn).SetLinger(0); err != nil {
			t.Fatal(err)
		}
		peer.Close()
		if _, err := fast.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("Read: got %v, want a reset", err)
		}
		if _, err := fast.Write([]byte{1}); !errors.Is(err, syscall.EPIPE) {
			t.Errorf("Write: got %v, want a broken pipe", err)
		}
	})
	t.Run("closed while it reads", func(t *testing.T) {
		fast, _ := pair(t)
		time.AfterFunc(50*time.Millisecond, func() { fast.Close() })
		if _, err := fast.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Read: got %v, want closed", err)
		}
		if _, err := fast.Write([]byte{1}); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Write: got %v, want closed", err)
		}
	})
	t.Run("late", func(t *testing.T) {
		fast, _ := pair(t)
		if err := fast.SetDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if _, err := fast.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Read: got %v, want the deadline", err)
		}
		if n, err := fast.Write(make([]byte, 32<<20)); n == 32<<20 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Write: got %d, %v, want a part and the deadline", n, err)
		}
	})
	t.Run("late while it writes", func(t *testing.T) {
		fast, _ := pair(t)
		if err := fast.SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		if n, err := fast.Write(make([]byte, 32<<20)); n == 0 || n == 32<<20 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Write: got %d, %v, want a part and the deadline", n, err)
		}
	})
}
