package amqp

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// sendTimeout is the default of confirm-timeout.
const sendTimeout = 5 * time.Second

// twoHosts returns two proxies before the broker and the URL of both.
func twoHosts(t *testing.T, broker string) (proxies [2]*rabbittest.Proxy, via string) {
	t.Helper()
	u, err := url.Parse(broker)
	if err != nil {
		t.Fatal("broker URL is malformed")
	}
	proxies = [2]*rabbittest.Proxy{rabbittest.NewProxy(t, u.Host), rabbittest.NewProxy(t, u.Host)}
	return proxies, strings.Replace(broker, u.Host, proxies[0].Addr()+","+proxies[1].Addr(), 1)
}

// inUse returns the proxy through which the only connection goes, and the other.
func inUse(proxies [2]*rabbittest.Proxy) (used, other *rabbittest.Proxy) {
	if proxies[0].Connections() > 0 {
		return proxies[0], proxies[1]
	}
	return proxies[1], proxies[0]
}

// A half-open link costs no sender its budget: it is found, left, and what was
// under way goes out through another connection.
func TestSilentConnectionIsLeftInTime(t *testing.T) { // not beside others: they would take of its time
	broker := rabbittest.URL(t)
	swallow := rabbittest.Fault{Swallow: true}
	for _, c := range []struct {
		name   string
		inject func(used *rabbittest.Proxy)
		hosts  int
	}{
		{"nothing reaches the broker", func(p *rabbittest.Proxy) { p.Inject(rabbittest.ToBroker, swallow) }, 2},
		{"nothing comes back", func(p *rabbittest.Proxy) { p.Inject(rabbittest.ToClient, swallow) }, 2},
		{"the broker reads nothing", func(p *rabbittest.Proxy) { p.Inject(rabbittest.ToBroker, rabbittest.Fault{Stall: true}) }, 2},
		{"a single host, gone and back", (*rabbittest.Proxy).Strand, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var transport *Transport
			var used *rabbittest.Proxy
			if c.hosts == 1 {
				proxy, via := proxyTo(t, broker)
				transport, used = dialTest(t, Config{URL: via}), proxy
			} else {
				proxies, via := twoHosts(t, broker)
				transport = dialTest(t, Config{URL: via})
				used, _ = inUse(proxies)
			}
			q := testQueue(t)
			mustSend(t, transport, testEnvelope(q, "first"))
			told := newJournal()
			told.tell(certain, "first", nil)
			end := underLoad(64, func(id string) {
				e := testEnvelope(q, id)
				e.Timeout = sendTimeout
				told.tell(certain, id, send(transport, e))
			})
			time.Sleep(300 * time.Millisecond) // load before the fault
			c.inject(used)
			eventually(t, "another connection is made", func() bool { return transport.Stats().Connects == 2 })
			time.Sleep(300 * time.Millisecond) // and after it
			end()
			if got := transport.Stats(); got.Connects != 2 || got.ConnectionsLost != 1 {
				t.Errorf("got %+v, want 2 connections of which 1 was lost", got)
			}
			told.check(t, takeIDs(t, broker, q.Name))
		})
	}
}

// A large message on a slow way out delays the answer to the probe. The link
// becomes patient instead of giving up one connection after the other.
func TestPatience(t *testing.T) {
	t.Parallel()
	var p patience
	young, old := newSession(nil, nil, newWire(nil)), newSession(nil, nil, newWire(nil))
	old.wire.start = old.wire.start.Add(-2 * steadyLife)
	for _, want := range []time.Duration{minPatience, 2 * minPatience, 4 * minPatience, maxPatience, maxPatience} {
		if got := p.toward(young); got != want {
			t.Errorf("got a patience of %s with a young connection, want %s", got, want)
		}
		if got := p.toward(old); got != minPatience {
			t.Errorf("got a patience of %s with an old connection, want %s", got, minPatience)
		}
		p.lose(young)
	}
	if p.lose(old); p.toward(young) != 2*minPatience {
		t.Errorf("got a patience of %s after the loss of an old connection, want %s", p.toward(young), 2*minPatience)
	}
}
