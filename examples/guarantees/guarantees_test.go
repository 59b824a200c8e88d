package guarantees_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"testing"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/examples/guarantees"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestMain(m *testing.M) { os.Exit(rabbittest.Run(m)) }

const (
	payments = "guarantees-payments"
	orders   = "guarantees-orders"
	quotes   = "guarantees-quotes"
	events   = "guarantees-events"
)

func TestBothGuaranteesInOneProcess(t *testing.T) {
	ch := purged(t)
	transports, err := guarantees.Connect(t.Context(), rabbittest.URL(t), rabbittest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		for _, transport := range transports {
			transport.Close()
		}
	}()
	if err := guarantees.Charge(t.Context(), "p-1", 995); err != nil {
		t.Fatal(err)
	}
	client := actor.NewClient(transports[0], actor.ClientConfig{})
	if failed, err := guarantees.Track(t.Context(), client, []string{"opened", "closed"}); err != nil || failed != nil {
		t.Fatalf("Track: got %v, %v, want all taken", failed, err)
	}

	charged := get(t, ch, payments, 1)[0]
	if charged.DeliveryMode != amqp091.Persistent {
		t.Errorf("payment: got delivery mode %d, want persistent", charged.DeliveryMode)
	}
	for _, event := range get(t, ch, events, 2) {
		if event.DeliveryMode == amqp091.Persistent {
			t.Error("event: got a persistent message, want a transient one")
		}
	}
}

func TestRemindTakesWhatTheBrokerMayHold(t *testing.T) {
	transports, err := guarantees.Connect(t.Context(), rabbittest.URL(t), rabbittest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		for _, transport := range transports {
			transport.Close()
		}
	}()
	for due, want := range map[time.Duration]bool{-time.Hour: true, time.Hour: true, 25 * time.Hour: false} {
		if queued, err := guarantees.Remind(t.Context(), "p-1", time.Now().Add(due)); queued != want || err != nil {
			t.Errorf("Remind, due in %s: got %t, %v, want %t", due, queued, err, want)
		}
	}
}

func TestChargeTellsThatNothingWasQueued(t *testing.T) {
	transports, err := guarantees.Connect(t.Context(), rabbittest.URL(t), rabbittest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, transport := range transports {
		transport.Close()
	}
	if err := guarantees.Charge(t.Context(), "p-2", 995); !errors.Is(err, actor.ErrNotSent) {
		t.Errorf("Charge: got %v, want ErrNotSent", err)
	}
}

func TestProductionConfigurationIsSound(t *testing.T) {
	config := guarantees.Production(x509.NewCertPool(), tls.Certificate{}, nobody{})
	config.Lazy = true // there is no such host here
	transport, err := amqp.Dial(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	transport.Close()
}

type nobody struct{}

func (nobody) Current(context.Context) (user, password string, err error) {
	return "", "", errors.New("nobody knows")
}

// purged returns a channel to a broker without the example's queues.
func purged(t *testing.T) *amqp091.Channel {
	t.Helper()
	conn, err := amqp091.Dial(rabbittest.URL(t))
	if err != nil {
		t.Fatal("no connection to the broker")
	}
	ch, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	clear := func() {
		for _, queue := range []string{payments, orders, quotes, events} {
			for _, name := range []string{queue, queue + actor.DeadLetterSuffix} {
				if _, err := ch.QueueDelete(name, false, false, false); err != nil {
					t.Error(err)
				}
			}
		}
	}
	clear()
	t.Cleanup(func() { clear(); conn.Close() })
	return ch
}

// get waits for n messages of a queue.
func get(t *testing.T, ch *amqp091.Channel, queue string, n int) []amqp091.Delivery {
	t.Helper()
	deliveries, err := ch.Consume(queue, "", true, false, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]amqp091.Delivery, n)
	deadline := time.After(10 * time.Second)
	for i := range got {
		select {
		case got[i] = <-deliveries:
		case <-deadline:
			t.Fatalf("queue %s: got %d messages, want %d", queue, i, n)
		}
	}
	return got
}

// ready counts the messages of queues that no consumer holds.
func ready(t *testing.T, ch *amqp091.Channel, queues ...string) (n int) {
	t.Helper()
	for _, queue := range queues {
		q, err := ch.QueueDeclarePassive(queue, true, false, false, false, nil)
		if err != nil {
			t.Fatal(err)
		}
		n += q.Messages
	}
	return n
}
