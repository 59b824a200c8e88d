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
	URL   string
	close func() error
}

// Close ends the broker if Open started it.
func (b *Broker) Close() error { return b.close() }

// Open finds a broker or makes one, and returns when it takes connections. The
// first of these that the machine offers is used: the broker that URLVariable
// names; a private node of the installed rabbitmq-server; the same after
// installing the distribution's package, as root on a Debian-like system; a
// container, where docker or podman answers. The error says what to do.
func Open(ctx context.Context) (*Broker, error) {
	if raw := os.Getenv(URLVariable); raw != "" {
		return reuse(ctx, raw)
	}
	scripts, noServer := findOrInstall()
	if noServer == nil {
		node, err := start(ctx, scripts, Options{})
		if err != nil {
			return nil, err
		}
		return &Broker{URL: node.URL(), close: node.Cleanup}, nil
	}
	broker, noContainer := startContainer(ctx)
	if noContainer != nil {
		return nil, fmt.Errorf("no RabbitMQ for the tests: set %s to the URL of a running broker, install rabbitmq-server, or start docker or podman (%w; %w)",
			URLVariable, noServer, noContainer)
	}
	return broker, nil
}

func reuse(ctx context.Context, raw string) (*Broker, error) {
	parsed, err := url.Parse(raw)
	if _, invalid := amqp.ParseURI(raw); err != nil || invalid != nil {
		// Their errors may quote the URL with its password.
		return nil, fmt.Errorf("%s is no URL of a broker (want amqp://user:password@host:port/vhost)", URLVariable)
	}
	ctx, cancel := context.WithTimeout(ctx, reuseTimeout)
	defer cancel()
	if err := awaitHandshake(ctx, raw); err != nil {
		return nil, fmt.Errorf("connect to %s from %s: %w (start that broker, or unset the variable to get a private one)",
			parsed.Redacted(), URLVariable, err)
	}
	return &Broker{URL: raw, close: func() error { return nil }}, nil
}
