package deadletter

import (
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// TestRequeueCut cuts the connections of a run after so many bytes, at steps all
// the way from its first to its last one, and accounts for each letter: it is in
// one of the two queues, at worst in both, and what the result says is true.
func TestRequeueCut(t *testing.T) {
	const n, steps = 300, 12
	for _, c := range []struct {
		name      string
		direction rabbittest.Direction
		publisher bool // else the reader
		bytes     int  // that a run takes in this direction, about
	}{
		{"reader to broker", rabbittest.ToBroker, false, 6000},
		{"reader to client", rabbittest.ToClient, false, 60_000},
		{"publisher to broker", rabbittest.ToBroker, true, 60_000},
		{"publisher to client", rabbittest.ToClient, true, 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, actor.Queue{})
			proxy := r.proxy()
			via, err := proxy.URL(r.url)
			if err != nil {
				t.Fatal(err)
			}
			cuts := 0
			for step := range steps {
				r.letters(n)
				cuts += r.cutRun(proxy, via, c.direction, c.publisher, n, 1+step*c.bytes/steps)
			}
			if cuts < steps/3 {
				t.Errorf("got %d runs that met their cut, want more of %d", cuts, steps)
			}
		})
	}
}

// TestRequeueKilled ends all connections of a run at once and for good, as the end
// of its process does, at several moments.
func TestRequeueKilled(t *testing.T) {
	const n, steps = 6 * batchLetters, 6
	r := newRig(t, actor.Queue{})
	met := 0
	for step := range steps {
		r.letters(n)
		proxy := r.proxy()
		via, err := proxy.URL(r.url)
		if err != nil {
			t.Fatal(err)
		}
		transport, reader := r.transport(via), r.open(r.connect(via))
		killed := make(chan struct{})
		var once sync.Once
		kill := func() {
			proxy.Refuse()
			proxy.Reset()
			transport.Close() // so that nobody waits for a new connection
			close(killed)
		}
		result, err := Requeue(t.Context(), reader, transport, r.target(), Selection{}, func(so Result) {
			if so.Requeued >= step*batchLetters/2 { // in the middle of the next batch, more or less
				once.Do(func() { time.AfterFunc(time.Duration(step)*time.Millisecond, kill) })
			}
		})
		once.Do(kill)
		<-killed
		_ = reader.Close()
		if err != nil {
			met++
		}
		work, dead := r.counted(r.queue.Name, result.Requeued), r.counted(r.queue.DeadLetterName(), 0)
		for _, id := range numbers(0, n) {
			if work[id]+dead[id] == 0 {
				t.Errorf("step %d, %+v: letter %s is lost", step, result, id)
			}
		}
	}
	if met < steps/2 {
		t.Errorf("got %d runs that met their end, want more of %d", met, steps)
	}
}

// cutRun requeues n letters, cuts a connection after so many bytes, and accounts
// for the letters. It returns 1 where the run met the cut.
func (r *rig) cutRun(proxy *rabbittest.Proxy, via string, d rabbittest.Direction, publisher bool, n, at int) (cut int) {
	r.Helper()
	reading, publishing := via, r.url
	if publisher {
		reading, publishing = r.url, via
	}
	transport := r.transport(publishing)
	reader := r.open(r.connect(reading))
	proxy.Inject(d, rabbittest.Fault{Cut: at})
	result, err := Requeue(r.Context(), reader, transport, r.target(), Selection{}, nil)
	_ = reader.Close() // of a lost connection an error
	proxy.Heal()
	transport.Close()
	if err != nil || transport.Stats().ConnectionsLost > 0 {
		cut = 1
	}
	work, dead := r.counted(r.queue.Name, result.Requeued), r.counted(r.queue.DeadLetterName(), 0)
	doubles, copies := 0, 0
	for _, id := range numbers(0, n) {
		switch {
		case work[id]+dead[id] == 0:
			r.Errorf("cut after %d bytes: letter %s is lost", at, id)
		case work[id] > 0 && dead[id] > 0:
			doubles++
		}
		copies += max(0, work[id]-1)
		if dead[id] > 1 {
			r.Errorf("cut after %d bytes: letter %s is %d dead letters", at, id, dead[id])
		}
	}
	gone := n - len(dead)
	if doubles > result.Doubled+result.Unknown || gone < result.Requeued || gone > result.Requeued+result.Doubled {
		r.Errorf("cut after %d bytes: got %d doubles and %d gone, but the result is %+v, %v", at, doubles, gone, result, err)
	}
	// The transport publishes again, under the same ID, what was lost with its
	// connection: as much as was in flight.
	if limit := batchLetters; !publisher && copies > 0 || copies > limit {
		r.Errorf("cut after %d bytes: got %d tasks twice, want %d at most", at, copies, limit)
	}
	if err == nil && (gone != n || doubles > 0) {
		r.Errorf("cut after %d bytes: got no error, but %d gone and %d doubles", at, gone, doubles)
	}
	return cut
}

// counted takes everything out of a queue, which holds least at the least, and
// counts it by ID.
func (r *rig) counted(queue string, least int) map[string]int {
	r.Helper()
	found := make(map[string]int)
	total := 0
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		q, err := r.ch.QueueDeclarePassive(queue, true, false, false, false, nil)
		if err != nil || time.Now().After(deadline) {
			r.Fatalf("count %q: %v", queue, err)
		}
		before := total
		for {
			d, ok, err := r.ch.Get(queue, true)
			if err != nil {
				r.Fatal(err)
			}
			if !ok {
				break
			}
			found[d.MessageId]++
			total++
		}
		// A consumer that has gone takes what it held along until the broker has
		// noticed.
		if total == before && total >= least && q.Consumers == 0 {
			return found
		}
	}
}

// proxy opens one before the broker.
func (r *rig) proxy() *rabbittest.Proxy {
	r.Helper()
	u, err := url.Parse(r.url)
	if err != nil {
		r.Fatal("no URL")
	}
	return rabbittest.NewProxy(r, net.JoinHostPort(u.Hostname(), u.Port()))
}
