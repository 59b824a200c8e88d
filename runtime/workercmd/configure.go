package workercmd

import (
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
)

// Broker is how the worker deals with one of its brokers.
type Broker struct {
	// Name is the one that annotations use; "default" where the flag has none.
	Name string
	// AMQP is how it is connected to; the URL holds the password. It is not
	// used for a broker in memory.
	AMQP amqp.Config
	// Client is how tasks are sent.
	Client actor.ClientConfig
	// Worker is how tasks are run, if any are run there. Its DrainTimeout stays
	// what the flag says: the end of the process depends on it.
	Worker actor.WorkerConfig
}

// Configure has f see, and change, what the flags say about each broker, before
// [Main] connects to any: to add middleware and observers, or what no flag is for.
// Several such functions are called in turn. Configure must not be called
// concurrently.
//
//	workercmd.Configure(func(b *workercmd.Broker) {
//		b.Worker.Middleware = append(b.Worker.Middleware, audit)
//	})
func Configure(f func(*Broker)) {
	p := started()
	p.configure = append(p.configure, f)
}

// configured returns what the flags and the functions of Configure say about the
// broker of a post.
func (p *process) configured(at post) Broker {
	b := Broker{
		Name: at.broker.Name,
		AMQP: amqp.Config{
			URL: at.broker.URL, TLSFiles: at.broker.TLSFiles(p.settings.tls), Declare: amqp.Declare(p.settings.declare),
			Logger: p.logger.With("broker", at.broker.Name), // a worker adds that itself
			Lazy:   true,                                    // no broker waits for another; a worker waits for its own
		},
		Worker: actor.WorkerConfig{
			Broker:      at.broker.Name,
			Queues:      at.queues,
			Concurrency: p.settings.concurrency,
			Logger:      p.logger,
		},
	}
	for _, f := range p.configure {
		f(&b)
	}
	b.Worker.DrainTimeout = p.settings.drain()
	return b
}
