package amqp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Connection is one connection to RabbitMQ for tools, which look at what a
// broker has and set it up. Unlike a [Transport] it is not opened again when it
// is lost. All methods may be called concurrently, but questions are asked one
// after the other.
type Connection struct {
	sess *session

	mu sync.Mutex
	// ch is kept until an answer closes it; nil for none. Its closes has the
	// reason.
	ch     *amqp.Channel
	closes chan *amqp.Error
}

// Connect connects to the first of the hosts that takes a connection; each is
// tried once. Of c it uses URL, Credentials, Heartbeat, DialTimeout, TLS,
// TLSFiles and Name. The error names each host with what came of it, and never the password.
func Connect(ctx context.Context, c Config) (*Connection, error) {
	cfg, endpoints, err := c.resolve()
	if err != nil {
		return nil, err
	}
	return connectAny(ctx, cfg, endpoints, cfg.Name)
}

// connectAny connects to the first of the endpoints that takes a connection of
// that name.
func connectAny(ctx context.Context, cfg Config, endpoints []endpoint, name string) (*Connection, error) {
	hosts := newHosts(endpoints)
	for range endpoints {
		e, round := hosts.next()
		s, err := dial(ctx, cfg, e, round, name, func() {})
		if err == nil {
			return &Connection{sess: s}, nil
		}
		hosts.failed(err)
	}
	return nil, fmt.Errorf("amqp: connect: %w", hosts.failure())
}

// Property returns one of the texts by which the broker introduces itself, such
// as version or cluster_name; empty if it does not say.
func (c *Connection) Property(name string) string {
	text, _ := c.sess.conn.Properties[name].(string)
	return text
}

// Ask runs fn, which waits for answers of the broker, with a channel that only
// this connection's questions share. What the broker refuses is an error that
// unwraps to the library's *Error with its code; any other error but the
// context's means that the connection is lost. Every answer has 10 seconds.
func (c *Connection) Ask(ctx context.Context, fn func(ch *amqp.Channel) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { c.sess.sock.kill(errSocketClosed) })
	defer stop()
	err := c.sess.call(func() error { return c.ask(fn) })
	if err == nil || ctx.Err() == nil {
		return err
	}
	return ctx.Err()
}

func (c *Connection) ask(fn func(ch *amqp.Channel) error) error {
	if c.ch == nil {
		ch, err := c.sess.conn.Channel()
		if err != nil {
			return fmt.Errorf("%w: %w", actor.ErrConnectionLost, err)
		}
		c.ch, c.closes = ch, ch.NotifyClose(make(chan *amqp.Error, 1))
	}
	err := fn(c.ch)
	if err == nil {
		return nil
	}
	c.ch = nil // an error closes it
	var reason *amqp.Error
	if !errors.As(err, &reason) || !isAnswer(reason) {
		// The reason of the close, where there is one, tells more.
		select {
		case reason = <-c.closes:
		default:
		}
	}
	if reason != nil && isAnswer(reason) {
		return refusedFor(nil, reason)
	}
	return fmt.Errorf("%w: %w", actor.ErrConnectionLost, err)
}

// Channel opens a channel of the caller's own. What it sends never blocks; a
// method that waits for the broker's answer belongs in Wait.
func (c *Connection) Channel(ctx context.Context) (ch *amqp.Channel, err error) {
	err = c.Wait(ctx, func() error {
		ch, err = c.sess.conn.Channel()
		return err
	})
	return ch, err
}

// Wait runs fn, which waits for the broker's answer on a channel that nobody else
// uses meanwhile. Where the answer takes more than 10 seconds, or ctx ends, the
// connection is broken, so that fn returns. Errors are as those of Ask.
func (c *Connection) Wait(ctx context.Context, fn func() error) error {
	stop := context.AfterFunc(ctx, func() { c.sess.sock.kill(errSocketClosed) })
	defer stop()
	err := c.sess.call(fn)
	var reason *amqp.Error
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &reason) && isAnswer(reason):
		return refusedFor(nil, reason)
	}
	return fmt.Errorf("%w: %w", actor.ErrConnectionLost, err)
}

// Close says farewell to the broker, for two seconds at most.
func (c *Connection) Close() error {
	kill := time.AfterFunc(closeTimeout, func() { c.sess.sock.kill(errNoReply) })
	defer kill.Stop()
	err := c.sess.conn.CloseDeadline(time.Now().Add(closeTimeout))
	c.sess.sock.kill(errSocketClosed)
	<-c.sess.sock.flushed
	if errors.Is(err, amqp.ErrClosed) {
		return nil
	}
	return err
}
