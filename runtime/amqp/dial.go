package amqp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/version"
)

const (
	// connectTimeout bounds the TCP handshake with one address. The lookup of
	// the name is not in it: a resolver may need longer to ask its second
	// server.
	connectTimeout = 2 * time.Second
	// frameSize is RabbitMQ's default.
	frameSize = 128 << 10
	// silentClose is how long a broker at least waits before it closes the
	// connection of a client with wrong credentials without a word (RabbitMQ
	// waits three seconds). A connection that ends sooner was cut.
	silentClose = 2 * time.Second
)

// dial opens one connection to e. One deadline, the earlier of the context's
// and cfg.DialTimeout, holds for the credentials, the name, TCP, TLS and the
// AMQP handshake together. Of a name with several addresses another comes first
// in every round. No error shows the host, which the caller adds, nor anything
// that differs between two attempts with the same fate.
func dial(ctx context.Context, cfg Config, e endpoint, round int, name string, onRoom func()) (*session, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, cfg.DialTimeout, fmt.Errorf("no connection within %s", cfg.DialTimeout))
	defer cancel()
	user, password, err := cfg.Credentials(ctx)
	if err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	mechanisms, err := saslOf(e.mechanisms, user, password)
	if err != nil {
		return nil, err
	}
	secured, err := e.tlsConfig(cfg)
	if err != nil {
		return nil, err
	}
	conn, err := connect(ctx, e, round)
	if err != nil {
		return nil, err
	}
	// The library knows no context: closing the connection ends what hangs.
	tcp := conn
	stop := context.AfterFunc(ctx, func() { tcp.Close() })
	defer stop()
	if secured != nil {
		if conn, err = secure(ctx, conn, secured); err != nil {
			return nil, err
		}
	}

	properties := amqp.NewConnectionProperties()
	properties["product"], properties["version"] = "actorgen", version.Library()
	properties.SetClientConnectionName(name)
	w := newWire(conn)
	sock := newSocket(w, onRoom)
	started := time.Now()
	connection, err := amqp.Open(sock, amqp.Config{ // a fresh Config each time: the library changes it
		SASL:       mechanisms,
		Vhost:      e.vhost,
		ChannelMax: e.channelMax,
		FrameSize:  frameSize,
		Heartbeat:  cfg.Heartbeat,
		Properties: properties,
		Locale:     "en_US",
	})
	if err == nil && stop() {
		return newSession(connection, sock, w), nil
	}
	sock.kill(errSocketClosed)
	<-sock.flushed
	if err == nil || ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return nil, handshakeFailure(err, w, time.Since(started), e.tls)
}

// connect opens a TCP connection to the first of the host's addresses that
// takes one, beginning with another one in every round.
func connect(ctx context.Context, e endpoint, round int) (net.Conn, error) {
	addresses, err := net.DefaultResolver.LookupHost(ctx, e.host)
	if err != nil {
		return nil, lookupFailure(err)
	}
	first := round % len(addresses)
	for _, address := range slices.Concat(addresses[first:], addresses[:first]) {
		var conn net.Conn
		dialer := net.Dialer{Timeout: connectTimeout}
		if conn, err = dialer.DialContext(ctx, "tcp", endpoint{host: address, port: e.port}.address()); err == nil {
			return quick(conn), nil
		}
	}
	return nil, steady(err)
}

// lookupFailure leaves out which server was asked from which port.
func lookupFailure(err error) error {
	var lookup *net.DNSError
	if !errors.As(err, &lookup) {
		return err
	}
	same := *lookup
	same.Server = ""
	if same.Err = "no answer from the name server"; same.IsNotFound {
		same.Err = "no such host"
	}
	return &same
}

var errHungUp = errors.New("the broker ended the connection")

// steady leaves out what differs between two failures of the same kind: our own
// port, and how far the broker was when it hung up.
func steady(err error) error {
	if hungUp(err) {
		return errHungUp
	}
	operation, ok := err.(*net.OpError)
	if !ok {
		return err
	}
	same := *operation
	same.Source = nil
	return &same
}

// handshakeFailure returns why the AMQP handshake failed. The library reports
// credentials for every connection that ends during the handshake, so its word
// counts only where the broker said it, or closed after a silence.
func handshakeFailure(err error, w *wire, took time.Duration, tls bool) error {
	const hint = " (check user, password, virtual host and permissions)"
	if !tls && w.alert.Load() {
		return &refusal{reason: "the port speaks TLS, and the URL does not (write amqps:// in the place of amqp://)", cause: err}
	}
	var reason *amqp.Error
	switch errors.As(err, &reason); {
	case reason == nil:
	case reason.Server && (reason.Code == amqp.AccessRefused || reason.Code == amqp.NotAllowed):
		return &refusal{reason: reason.Reason + hint, cause: err}
	case reason.Server:
		return err
	case reason == amqp.ErrSASL:
		return &refusal{reason: "the broker does not offer the auth_mechanism of the URL, by default plain " +
			"(where it takes certificates alone, write ?auth_mechanism=external; for that it has to load " +
			"rabbitmq_auth_mechanism_ssl, and list EXTERNAL in auth_mechanisms)", cause: err}
	case reason == amqp.ErrCredentials && hungUp(w.readError()) && took >= silentClose:
		return &refusal{reason: "the broker closed the connection without a word" + hint, cause: err}
	}
	if ended := w.readError(); ended != nil {
		if alert := alertOf(ended); alert != nil {
			return alert
		}
		if tls && w.silent() {
			return fmt.Errorf("AMQP handshake: %w (after that of TLS: check the client certificate, the broker may want one)", steady(ended))
		}
		return fmt.Errorf("AMQP handshake: %w", steady(ended))
	}
	return fmt.Errorf("AMQP handshake: %w", err)
}
