package amqp

import (
	"context"
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// inspected opens a transport through a proxy and returns a queue of it that holds
// one message.
func inspected(t *testing.T) (*Transport, *rabbittest.Proxy, string) {
	t.Helper()
	u, err := url.Parse(rabbittest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	proxy := rabbittest.NewProxy(t, u.Host)
	through, err := proxy.URL(u.String())
	if err != nil {
		t.Fatal(err)
	}
	transport, err := Dial(t.Context(), Config{URL: through})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { transport.Close() })
	q := testQueue(t)
	mustSend(t, transport, testEnvelope(q, "1"))
	return transport, proxy, q.Name
}

func mustTellDepth(t *testing.T, transport *Transport, queue string, want Depth) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	got, err := transport.Depths(ctx, "no."+queue, queue, queue+".XQ")
	if err != nil || len(got) != 2 || got[queue] != want || got[queue+".XQ"] != (Depth{}) {
		t.Fatalf("got %v and %v, want %v, an empty dead-letter queue, and nothing of the queue that does not exist", got, err, want)
	}
}

func TestDepthsSurviveTheirConnection(t *testing.T) {
	transport, proxy, queue := inspected(t)
	mustTellDepth(t, transport, queue, Depth{Ready: 1})
	kept := transport.inspector.conn
	mustTellDepth(t, transport, queue, Depth{Ready: 1})
	if kept == nil || transport.inspector.conn != kept {
		t.Error("got another connection for the second question, want the one of the first")
	}
	proxy.Reset()
	mustTellDepth(t, transport, queue, Depth{Ready: 1})
}

// A broker that does not answer costs the time that was given, and no publish its
// connection.
func TestDepthsEndWithTheirContext(t *testing.T) {
	transport, proxy, queue := inspected(t)
	mustTellDepth(t, transport, queue, Depth{Ready: 1})
	proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Swallow: true})
	for range 2 { // over a connection that is up, and while there is none
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		began := time.Now()
		got, err := transport.Depths(ctx, queue)
		if took := time.Since(began); len(got) > 0 || !errors.Is(err, context.DeadlineExceeded) || took > late {
			t.Errorf("got %v and %v after %s, want the end of the context", got, err, took)
		}
		cancel()
	}
	ended := make(chan error, 1)
	go func() {
		_, err := transport.Depths(context.Background(), queue)
		ended <- err
	}()
	transport.Close()
	if err := <-ended; !errors.Is(err, actor.ErrClosed) {
		t.Errorf("got %v from a question under way when the transport is closed, want ErrClosed", err)
	}
	if _, err := transport.Depths(t.Context(), queue); !errors.Is(err, actor.ErrClosed) {
		t.Errorf("got %v from a closed transport, want ErrClosed", err)
	}
}

func TestConnectionsTellWhatIsUp(t *testing.T) {
	transport, proxy, queue := inspected(t)
	wantConnections(t, transport, ConnectionState{Use: "publish", Connected: true})
	mustConsume(t, transport, &actor.Queue{Name: queue}, 1)
	wantConnections(t, transport, ConnectionState{Use: "publish", Connected: true}, ConnectionState{Use: "consume", Connected: true})
	proxy.Refuse()
	proxy.Reset()
	wantConnections(t, transport, ConnectionState{Use: "publish"}, ConnectionState{Use: "consume"})
}

func wantConnections(t *testing.T, transport *Transport, want ...ConnectionState) {
	t.Helper()
	var got []ConnectionState
	eventually(t, "the connections are as wanted", func() bool {
		got = transport.Connections()
		if len(got) != len(want) {
			return false
		}
		for i := range got {
			if got[i] != want[i] {
				return false
			}
		}
		return true
	})
}
