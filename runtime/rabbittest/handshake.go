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
// port a little before it serves. It returns the broker's version. Wrong
// credentials and an unknown virtual host end the wait.
func awaitHandshake(ctx context.Context, url string) (version string, err error) {
	for {
		start := time.Now()
		version, err := handshake(url)
		if err == nil || refused(err, time.Since(start)) {
			return version, err
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("%w, at last: %w", context.Cause(ctx), err)
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

// handshake opens a connection and closes it again. It returns the version that
// the broker says it is.
func handshake(url string) (version string, err error) {
	conn, err := amqp.DialConfig(url, amqp.Config{Dial: amqp.DefaultDial(handshakeTimeout)})
	if err != nil {
		return "", err
	}
	version, _ = conn.Properties["version"].(string)
	return version, conn.CloseDeadline(time.Now().Add(handshakeTimeout))
}
