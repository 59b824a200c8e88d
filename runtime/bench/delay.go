package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/bench/tasks"
)

const (
	// delayPrefix keeps these delays apart from everybody else's.
	delayPrefix = "actorgen-bench-delay."
	maxDelay    = time.Hour
	// minDelay lets no message leave its first level before it is counted.
	minDelay = time.Minute
)

// delaying compares delayed sends with plain ones; both are ours.
type delaying struct {
	*bench
	note tasks.NoteActor
}

func (b *bench) delaying(transport actor.Transport) (*delaying, error) {
	client := actor.NewClient(transport, actor.ClientConfig{QueuePrefix: delayPrefix})
	d := &delaying{bench: b, note: tasks.Note.Via(client)}
	if err := d.note.SendWithDelay(context.Background(), maxDelay, b.text()); err != nil { // declares the levels
		return nil, err
	}
	return d, d.sent(1)
}

func (d *delaying) delayed(n int) (sample, error) {
	text := d.text()
	return measure(n, func() error {
		return parallel(n, func(int) error {
			return d.note.SendWithDelay(context.Background(), minDelay+rand.N(maxDelay-minDelay), text)
		})
	})
}

func (d *delaying) plain(n int) (sample, error) {
	text := d.text()
	return measure(n, func() error {
		return parallel(n, func(int) error { return d.note.Send(context.Background(), text) })
	})
}

// sent empties the queue and the levels, which together have to hold n messages.
func (d *delaying) sent(n int) error {
	channel, err := d.raw.connection.Channel()
	if err != nil {
		return err
	}
	defer channel.Close()
	held, err := purgeAll(channel)
	if err == nil && held != n {
		err = fmt.Errorf("got %d messages in the delay levels and queue %q, want %d: lost, doubled, or left there by another run",
			held, delayPrefix+queue, n)
	}
	return err
}

func purgeAll(channel *amqp.Channel) (held int, err error) {
	names := []string{delayPrefix + queue}
	for n := range layout.Levels(maxDelay) {
		names = append(names, layout.Level(delayPrefix, n))
	}
	for _, name := range names {
		purged, err := channel.QueuePurge(name, false)
		if err != nil {
			return held, err
		}
		held += purged
	}
	return held, nil
}
