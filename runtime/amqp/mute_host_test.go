package amqp

import (
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// A host that takes connections and then says nothing, as a stopped broker
// does, leaves senders time to reach the next one.
func TestMuteHostLeavesTimeForTheNext(t *testing.T) {
	t.Parallel()
	proxy, via := proxyTo(t, rabbittest.URL(t))
	transport := dialTest(t, Config{URL: hostsURL(t, via, mute(t))})
	q := testQueue(t)
	mustSend(t, transport, testEnvelope(q, "first"))
	proxy.Reset() // so that it is the mute one's turn
	e := testEnvelope(q, "second")
	e.Timeout = defaultDialTimeout - 2*time.Second
	mustSend(t, transport, e)
}
