package topology

import (
	"context"
	"fmt"

	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/amqp/management"
)

// Broker is a connection to one virtual host, and to the management API where
// there is one.
type Broker struct {
	Conn  *amqp.Connection
	VHost string
	// API is nil for AMQP alone.
	API *management.Client
}

// view tells what a broker has.
type view interface {
	look(ctx context.Context, e layout.Element) (sight, error)
	// waiting counts the messages of a queue: those that are ready, or more.
	// It is false where there is no such queue.
	waiting(ctx context.Context, queue string) (int, bool, error)
}

// sight is what a view tells about an element. One that neither exists nor is
// verified may exist.
type sight struct {
	exists bool
	// verified says that the rest is all there is to say.
	verified    bool
	differences []layout.Difference
	// created says that it was missing until now.
	created bool
	// behind names what differs so that this was not created.
	behind string
}

// view returns the best view of the broker.
func (b *Broker) view(ctx context.Context) (view, error) {
	if b.API == nil {
		return asked{b.Conn}, nil
	}
	if err := b.CheckAPI(ctx); err != nil {
		return nil, err
	}
	return list(ctx, b.API, b.VHost)
}

// CheckAPI says what is wrong with the API, where there is one: that it cannot be
// asked, or is that of another cluster.
func (b *Broker) CheckAPI(ctx context.Context) error {
	if b.API == nil {
		return nil
	}
	there, err := b.API.ClusterName(ctx)
	if err != nil {
		return err
	}
	if here := b.Conn.Property("cluster_name"); here != there {
		return fmt.Errorf("the management API at %s is that of cluster %q, but the broker is in cluster %q", b.API.Address(), there, here)
	}
	return nil
}
