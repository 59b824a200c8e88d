package amqp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// refusal is a connection that the broker refused for a reason that trying
// again does not mend: credentials or virtual host.
type refusal struct {
	address string
	cause   error
}

func (r *refusal) Error() string {
	return fmt.Sprintf("amqp: %s refuses the connection: %v (check user, password, virtual host and permissions)", r.address, r.cause)
}

func (r *refusal) Unwrap() error { return r.cause }

// silentClose is how long a broker at least waits before it closes the
// connection of a client with wrong credentials without a word (RabbitMQ
// waits three seconds). A connection that ends sooner was cut.
const silentClose = 2 * time.Second

// dial opens one connection to e. One deadline, the earlier of the context's
// and cfg.DialTimeout, holds for TCP, TLS and AMQP handshake together.
func dial(ctx context.Context, cfg Config, e endpoint, name string, onRoom func()) (*amqp.Connection, *socket, error) {
	ctx, cancel := context.WithTimeout(ctx, cfg.DialTimeout)
	defer cancel()
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", e.address())
	if err != nil {
		return nil, nil, err
	}
	// The library knows no context: closing the connection ends what hangs.
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	defer stop()
	conn := net.Conn(raw)
	if e.tls() {
		client := tls.Client(raw, tlsConfig(cfg, e))
		if err := client.HandshakeContext(ctx); err != nil {
			raw.Close()
			return nil, nil, fmt.Errorf("TLS with %s: %w", e.address(), err)
		}
		conn = client
	}

	mechanisms, err := saslOf(e.uri)
	if err != nil {
		raw.Close()
		return nil, nil, err
	}
	properties := amqp.NewConnectionProperties()
	properties.SetClientConnectionName(name)
	watch := &watchedConn{Conn: conn}
	sock := newSocket(watch, onRoom)
	started := time.Now()
	connection, err := amqp.Open(sock, amqp.Config{ // a fresh Config each time: the library changes it
		SASL:       mechanisms,
		Vhost:      e.uri.Vhost,
		ChannelMax: e.uri.ChannelMax,
		FrameSize:  frameSize,
		Heartbeat:  cfg.Heartbeat,
		Properties: properties,
		Locale:     "en_US",
	})
	if err == nil && stop() {
		return connection, sock, nil
	}
	sock.kill(errSocketClosed)
	<-sock.flushed
	if err == nil || ctx.Err() != nil {
		return nil, nil, fmt.Errorf("AMQP handshake with %s: %w", e.address(), context.Cause(ctx))
	}
	if refused(err, watch.ended.Load() && time.Since(started) >= silentClose) {
		return nil, nil, &refusal{e.address(), err}
	}
	return nil, nil, fmt.Errorf("AMQP handshake with %s: %w", e.address(), err)
}

// frameSize is RabbitMQ's default.
const frameSize = 128 << 10

func tlsConfig(cfg Config, e endpoint) *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if cfg.TLS != nil {
		config = cfg.TLS.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = e.uri.Host
	}
	return config
}

// refused tells a broker that said no from one that went away. The library
// reports credentials for every connection that ends during the handshake, so
// its word counts only where the broker said it, or closed after a silence.
func refused(err error, silent bool) bool {
	var reason *amqp.Error
	if !errors.As(err, &reason) {
		return false
	}
	if !reason.Server {
		return silent && reason == amqp.ErrCredentials
	}
	return reason.Code == amqp.AccessRefused || reason.Code == amqp.NotAllowed
}

// watchedConn remembers that it was the peer that ended the connection.
type watchedConn struct {
	net.Conn
	ended atomic.Bool
}

func (c *watchedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) {
		c.ended.Store(true)
	}
	return n, err
}
