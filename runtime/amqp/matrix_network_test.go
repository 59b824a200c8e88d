package amqp

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// networkRows are the faults between a transport and a healthy broker.
func networkRows(broker string) (rows []matrixRow) {
	for _, f := range networkFaults() {
		rows = append(rows, matrixRow{f.name, func(t *testing.T) {
			proxy, via := proxyTo(t, broker)
			if f.inject == nil {
				proxy.Refuse()
			}
			r := newRig(t, broker, mixture(), Config{URL: via, Lazy: f.inject == nil})
			r.proxy = proxy
			r.endure(t, f)
		}})
	}
	return rows
}

// unanswered are what senders are told while nothing is heard of what they
// wrote: those without a place in the window have not written.
var unanswered = []told{
	{actor.ErrOutcomeUnknown, actor.ErrConfirmTimeout},
	{actor.ErrOutcomeUnknown, context.DeadlineExceeded},
	{actor.ErrOutcomeUnknown, context.Canceled},
	{actor.ErrNotSent, actor.ErrConfirmTimeout},
	{actor.ErrNotSent, context.DeadlineExceeded},
}

// unsendable are what senders are told while nothing can be written.
func unsendable(cause error) []told {
	return []told{
		{actor.ErrNotSent, cause},
		{actor.ErrNotSent, context.DeadlineExceeded},
		{actor.ErrNotSent, context.Canceled},
	}
}

func networkFaults() []fault {
	swallow := rabbittest.Fault{Swallow: true}
	return []fault{
		{name: "nothing reaches the broker", causes: lossy, wants: unanswered, heal: healByReset,
			inject: func(_ *testing.T, r *rig) { r.proxy.Inject(rabbittest.ToBroker, swallow) }},
		{name: "nothing comes back", causes: lossy, wants: unanswered, lasts: 3 * time.Second, heal: healByReset, twice: true,
			inject: func(_ *testing.T, r *rig) { r.proxy.Inject(rabbittest.ToClient, swallow) }},
		{name: "nothing passes for long", causes: lossy, wants: append(unsendable(actor.ErrConnectionLost), unanswered...),
			lasts: 5 * time.Second, heal: healByReset,
			inject: func(_ *testing.T, r *rig) {
				r.proxy.Inject(rabbittest.ToBroker, swallow)
				r.proxy.Inject(rabbittest.ToClient, swallow)
			}},
		{name: "the peer has vanished", causes: lossy, wants: unanswered,
			inject: func(_ *testing.T, r *rig) { r.proxy.Strand() }},
		{name: "the broker reads no more", causes: lossy, inject: fillBuffers,
			wants: append(unsendable(actor.ErrConfirmTimeout), unanswered...),
			heal: func(_ *testing.T, r *rig) {
				r.size.Store(0)
				r.proxy.Heal()
			}},
		{name: "latency", causes: lossy, inject: delayBothWays,
			heal: func(_ *testing.T, r *rig) { r.proxy.Heal() }},
		{name: "reset while writing", causes: lossy, inject: resetWhileWriting},
		{name: "reset while waiting", causes: lossy, inject: resetWhileWaiting, twice: true},
		{name: "reset while idle", causes: lossy, idle: true,
			inject: func(_ *testing.T, r *rig) { r.proxy.Reset() }},
		{name: "cut in the middle of a frame", causes: lossy, inject: cutSomewhere},
		{name: "refused while waiting", causes: lossy, inject: refuseWhileWaiting, heal: restore,
			wants: append(unsendable(actor.ErrConnectionLost), told{actor.ErrOutcomeUnknown, actor.ErrConnectionLost})},
		{name: "refused at the start", causes: lossy, wants: unsendable(actor.ErrConnectionLost), heal: restore},
	}
}

// healByReset ends a black hole. A connection with a gap in it, which TCP does
// not know, must not be used again.
func healByReset(_ *testing.T, r *rig) {
	r.proxy.Reset()
	r.proxy.Heal()
}

func restore(t *testing.T, r *rig) {
	if err := r.proxy.Restore(); err != nil {
		t.Fatal(err)
	}
}

// fillBuffers stops the broker's side and waits until the kernel's buffers are
// full, and then ours.
func fillBuffers(t *testing.T, r *rig) {
	r.size.Store(100 << 10) // so that the window holds more than the kernel
	r.proxy.Inject(rabbittest.ToBroker, rabbittest.Fault{Stall: true})
	eventually(t, "the socket's buffer is full", func() bool {
		s, _ := r.transport.publishing.state()
		return s != nil && s.sock.buffered() >= softBuffer
	})
}

// delayBothWays holds until everybody has succeeded with the latency.
func delayBothWays(t *testing.T, r *rig) {
	latency := rabbittest.Fault{Latency: 60 * time.Millisecond}
	r.proxy.Inject(rabbittest.ToBroker, latency)
	r.proxy.Inject(rabbittest.ToClient, latency)
	start := time.Now()
	eventually(t, "everybody succeeds", func() bool { return r.journal.succeeds(r.load, start) })
}

func resetWhileWriting(t *testing.T, r *rig) {
	r.size.Store(8 << 10)
	defer r.size.Store(0)
	for range 3 {
		eventually(t, "bytes wait to be written", func() bool {
			s, _ := r.transport.publishing.state()
			return s != nil && s.sock.buffered() > 0
		})
		r.proxy.Reset()
	}
}

// resetWhileWaiting resets when the broker holds what is sent again.
func resetWhileWaiting(t *testing.T, r *rig) {
	takeConfirms(t, r)
	healByReset(t, r)
}

// refuseWhileWaiting leaves no time to send again to those whose confirms it
// has taken.
func refuseWhileWaiting(t *testing.T, r *rig) {
	takeConfirms(t, r)
	r.proxy.Refuse()
	healByReset(t, r)
}

// takeConfirms returns when senders of every kind wait for confirms in vain.
func takeConfirms(t *testing.T, r *rig) {
	r.proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Swallow: true})
	eventually(t, "many wait for their confirm", func() bool { return r.transport.plain.active() > 100 })
	time.Sleep(brief / 4)
}

// cutSomewhere cuts the stream to the broker after some number of bytes, a few
// times: in a message, in the handshake, in a declaration.
func cutSomewhere(t *testing.T, r *rig) {
	for range 4 {
		r.lastSession(t)
		lost := r.transport.Stats().ConnectionsLost
		r.proxy.Inject(rabbittest.ToBroker, rabbittest.Fault{Cut: 1 + rand.N(30_000)})
		eventually(t, "the stream of one connection is cut", func() bool {
			return r.transport.Stats().ConnectionsLost > lost
		})
	}
}

func (r *rig) lastSession(t *testing.T) (last *session) {
	eventually(t, "there is a connection", func() bool {
		last, _ = r.transport.publishing.state()
		return last != nil
	})
	return last
}
