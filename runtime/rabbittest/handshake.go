package rabbittest

import (
	"context"
	"errors"
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const (
	handshakeTimeout  = 5 * time.Second
	handshakeInterval = 100 * time.Millisecond
	// silentRefusal is less than what RabbitMQ waits before it drops a client
	// with wrong credentials, which it does without a word.
	silentRefusal = 2 * time.Second
)

// awaitHandshake waits until a client can open a connection: a node opens its
// port a little before it serves. Wrong credentials and an unknown virtual
// host end the wait.
func awaitHandshake(ctx context.Context, url string) error {
	for {
		start := time.Now()
		err := handshake(url)
		if err == nil || refused(err, time.Since(start)) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w, at last: %w", context.Cause(ctx), err)
		case <-time.After(handshakeInterval):
		}
	}
}

// refused tells a broker that refuses the client from one that is not up. The
// library blames the credentials whenever a connection ends in the middle of
// the handshake, as it also does when the broker stops.
func refused(err error, after time.Duration) bool {
	if errors.Is(err, amqp.ErrCredentials) {
		return after >= silentRefusal
	}
	var reason *amqp.Error
	return errors.As(err, &reason) && reason.Server &&
		(reason.Code == amqp.AccessRefused || reason.Code == amqp.NotAllowed)
}

func handshake(url string) error {
	conn, err := amqp.DialConfig(url, amqp.Config{Dial: amqp.DefaultDial(handshakeTimeout)})
	if err != nil {
		return err
	}
	return conn.CloseDeadline(time.Now().Add(handshakeTimeout))
}
