package amqp

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// Messages that take longer to go out than a silent broker is borne with are no
// reason to leave it.
func TestSlowUplinkKeepsItsConnection(t *testing.T) {
	t.Parallel()
	transport := dialTest(t, Config{URL: slowUplink(t, rabbittest.URL(t), 300<<10)})
	q := testQueue(t)
	mustSend(t, transport, testEnvelope(q, "first"))
	told := newJournal()
	told.tell(certain, "first", nil)
	var senders sync.WaitGroup
	for i := range 2 {
		senders.Go(func() { // 7 seconds for both
			e := testEnvelope(q, fmt.Sprint(i))
			e.Body = make([]byte, 1<<20)
			told.tell(certain, e.ID, send(transport, e))
		})
	}
	senders.Wait()
	if lost := transport.Stats().ConnectionsLost; lost != 0 {
		t.Errorf("got %d connections lost, want none", lost)
	}
	told.check(t, takeIDs(t, rabbittest.URL(t), q.Name))
}

// slowUplink returns the URL of a broker to which no more than rate bytes a
// second get through.
func slowUplink(t *testing.T, broker string, rate int) (via string) {
	t.Helper()
	u, err := url.Parse(broker)
	if err != nil {
		t.Fatal("broker URL is malformed")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var copies sync.WaitGroup
	t.Cleanup(copies.Wait)
	t.Cleanup(func() { listener.Close() })
	copies.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", u.Host)
			if err != nil {
				client.Close()
				return
			}
			copies.Go(func() {
				defer client.Close()
				_, _ = io.Copy(client, server)
			})
			copies.Go(func() {
				defer server.Close()
				_ = client.(*net.TCPConn).SetReadBuffer(16 << 10) // else all is taken at once
				const step = 20 * time.Millisecond
				for {
					if _, err := io.CopyN(server, client, int64(rate)*int64(step)/int64(time.Second)); err != nil {
						return
					}
					time.Sleep(step)
				}
			})
		}
	})
	return strings.Replace(broker, u.Host, listener.Addr().String(), 1)
}
