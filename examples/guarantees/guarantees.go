// Package guarantees shows what to do about delivery: how to connect, what each
// outcome asks for, and how tasks that must not be lost and tasks that may be are
// sent and run in one process. The pages docs/sending.md, docs/guarantees.md and
// docs/errors.md explain it.
package guarantees

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/actorgen/actorgen/examples/guarantees/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
)

// Secret is where a password that changes is kept.
type Secret interface {
	Current(ctx context.Context) (user, password string, err error)
}

// Production returns the configuration of a connection that survives the loss
// of a host and a change of the password.
func Production(roots *x509.CertPool, own tls.Certificate, secret Secret) amqp.Config {
	return amqp.Config{
		URL:         "amqps://rabbit-1,rabbit-2,rabbit-3/prod",
		TLS:         &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{own}},
		Credentials: secret.Current,      // asked before every attempt to connect
		Declare:     amqp.DeclareCheck,   // the queues were made by somebody with the right to
		Name:        "billing-service-7", // what the broker's operators see
	}
}

// Connect registers a client for each of the two brokers. The caller closes
// the transports when it sends no more.
func Connect(ctx context.Context, payments, analytics string) (transports []actor.Transport, err error) {
	for name, url := range map[string]string{"default": payments, "analytics": analytics} {
		transport, err := amqp.Dial(ctx, amqp.Config{URL: url})
		if err != nil {
			return transports, fmt.Errorf("broker %q: %w", name, err)
		}
		transports = append(transports, transport)
		actor.SetBroker(name, actor.NewClient(transport, actor.ClientConfig{}))
	}
	return transports, nil
}

// Remind sends a reminder that runs when it is due. It returns false where that
// is too far away to wait on a broker: the caller keeps it and asks again later.
func Remind(ctx context.Context, payment string, due time.Time) (queued bool, err error) {
	err = tasks.RemindOfPayment.With(actor.At(due)).Send(ctx, payment)
	var tooLong *actor.DelayTooLongError
	if errors.As(err, &tooLong) {
		return false, nil
	}
	return err == nil, err
}

// Charge sends one payment. When it returns nil, the payment is queued.
func Charge(ctx context.Context, payment string, cents int64) error {
	err := tasks.ChargePayment.Send(ctx, payment, cents)
	var failed *actor.PublishError
	switch {
	case !errors.As(err, &failed):
		return err // nil, or a message that no broker should see
	case failed.SafeToRetry():
		return fmt.Errorf("payment %s is not queued, charge it again: %w", payment, err)
	}
	// Maybe queued. Under the same ID the task, which sees it, can tell that a
	// second message is the same; and only a success changes what is known.
	if tasks.ChargePayment.With(actor.MessageID(failed.MessageID)).Send(ctx, payment, cents) == nil {
		return nil
	}
	return fmt.Errorf("payment %s may be queued, look before you charge it again: %w", payment, err)
}

// Track sends many events in one pipelined batch and returns those that were
// not taken.
func Track(ctx context.Context, client *actor.Client, events []string) (failed []string, err error) {
	messages := make([]actor.Message, len(events))
	for i, event := range events {
		if messages[i], err = tasks.TrackEvent.Message(event); err != nil {
			return nil, err
		}
	}
	err = client.Publish(ctx, messages...)
	var batch *actor.BatchError
	if errors.As(err, &batch) {
		for i, err := range batch.Errors { // one for each message, nil where it was taken
			if err != nil {
				failed = append(failed, events[i])
			}
		}
	}
	return failed, err
}
