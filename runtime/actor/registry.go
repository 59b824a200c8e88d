package actor

import (
	"context"
	"sync/atomic"
)

// registered maps broker names to clients. It is replaced as a whole, so that
// a send reads it without a lock.
var registered atomic.Pointer[map[string]*Client]

// SetDefault registers c for actors that name no broker.
func SetDefault(c *Client) { SetBroker(DefaultName, c) }

// SetBroker registers c for actors whose annotation says broker=name. A nil c
// removes the entry. It may be called at any time; sends under way keep their
// client.
func SetBroker(name string, c *Client) {
	for {
		old := registered.Load()
		next := make(map[string]*Client)
		if old != nil {
			for name, client := range *old {
				next[name] = client
			}
		}
		if next[name] = c; c == nil {
			delete(next, name)
		}
		if registered.CompareAndSwap(old, &next) {
			return
		}
	}
}

// NewContext returns a context in which actors that name no broker send
// through c, whatever is registered.
func NewContext(ctx context.Context, c *Client) context.Context {
	return NewBrokerContext(ctx, DefaultName, c)
}

// NewBrokerContext is NewContext for the actors of the broker called name.
func NewBrokerContext(ctx context.Context, name string, c *Client) context.Context {
	return context.WithValue(ctx, clientKey(name), c)
}

type clientKey string

// lookup returns the client for a broker: the context's, else the registered
// one, else nil.
func lookup(ctx context.Context, broker string) *Client {
	if c, ok := ctx.Value(clientKey(broker)).(*Client); ok {
		return c
	}
	if clients := registered.Load(); clients != nil {
		return (*clients)[broker]
	}
	return nil
}

// nameOf returns the name under which c is registered, or "default".
func nameOf(c *Client) string {
	if clients := registered.Load(); clients != nil {
		if (*clients)[DefaultName] == c {
			return DefaultName
		}
		for name, client := range *clients {
			if client == c {
				return name
			}
		}
	}
	return DefaultName
}
