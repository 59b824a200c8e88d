package rabbittest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// URLVariable names the environment variable that holds the URL of a running
// broker to be used instead of a private one.
const URLVariable = "ACTORGEN_AMQP_URL"

// reuseTimeout bounds the wait for a broker that somebody else has started.
const reuseTimeout = 20 * time.Second

// Broker is a RabbitMQ that tests may share.
type Broker struct {
	// URL connects to the broker as a user who may do everything in the
	// URL's virtual host.
	URL string
	// Version is what the broker says of itself, for example "3.10.8".
	Version string
	close   func() error
}

// Close ends the broker if Open started it.
func (b *Broker) Close() error { return b.close() }

// Open finds a broker or makes one, and returns when it takes connections. The
// first of these that the machine offers is used: the broker that URLVariable
// names; a private node of the installed rabbitmq-server; the same after
// installing the distribution's package, as root on a Debian-like system; a
// container, where docker or podman answers. Where ReleaseVariable asks for
// another release than the installed one, a private node of Debian's package,
// unpacked into the user's cache, comes before the container. The error says
// what to do.
func Open(ctx context.Context) (*Broker, error) {
	r, err := wanted()
	if err != nil {
		return nil, err
	}
	if raw := os.Getenv(URLVariable); raw != "" {
		return reuse(ctx, raw, r)
	}
	found, noServer := r.find(ctx)
	if noServer == nil {
		node, err := start(ctx, found, Options{})
		if err != nil {
			return nil, err
		}
		return &Broker{URL: node.URL(), Version: node.version, close: node.Cleanup}, nil
	}
	broker, noContainer := startContainer(ctx)
	if noContainer != nil {
		return nil, r.nowhere(noServer, noContainer)
	}
	return broker, nil
}

func reuse(ctx context.Context, raw string, r release) (*Broker, error) {
	parsed, err := url.Parse(raw)
	if _, invalid := amqp.ParseURI(raw); err != nil || invalid != nil {
		// Their errors may quote the URL with its password.
		return nil, fmt.Errorf("%s is no URL of a broker (want amqp://user:password@host:port/vhost)", URLVariable)
	}
	ctx, cancel := context.WithTimeout(ctx, reuseTimeout)
	defer cancel()
	version, err := awaitHandshake(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("connect to %s from %s: %w (start that broker, or unset the variable to get a private one)",
			parsed.Redacted(), URLVariable, err)
	}
	if !r.includes(version) {
		return nil, fmt.Errorf("%s is RabbitMQ %s, and %s asks for %s (unset one of them)", URLVariable, version, ReleaseVariable, r)
	}
	return &Broker{URL: raw, Version: version, close: func() error { return nil }}, nil
}
