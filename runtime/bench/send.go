package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/bench/tasks"
)

func (b *bench) none(int) error { return nil }

// sent empties the queue, in which there have to be n messages.
func (b *bench) sent(n int) error { return b.purge(queue, n) }

func (b *bench) purge(queue string, want int) error {
	channel, err := b.raw.connection.Channel() // publishing channels only publish
	if err != nil {
		return err
	}
	defer channel.Close()
	purged, err := channel.QueuePurge(queue, false)
	if err == nil && purged != want {
		err = fmt.Errorf("got %d messages in queue %q, want %d: lost, doubled, or left there by another run", purged, queue, want)
	}
	return err
}

// text is an argument whose message has a body of payload bytes.
func (b *bench) text() string { return strings.Repeat("x", payload-len("\x81\xa4text\xd9\x00")) }

func (b *bench) oursParallel(n int) (sample, error) {
	text := b.text()
	return measure(n, func() error {
		return parallel(n, func(int) error { return b.note.Send(context.Background(), text) })
	})
}

func (b *bench) rawParallel(n int) (sample, error) {
	body := make([]byte, payload)
	return measure(n, func() error {
		return parallel(n, func(i int) error { return b.raw.send(queue, b.id(i), body) })
	})
}

func (b *bench) oursBatch(n int) (sample, error) {
	text := b.text()
	return measure(n, func() error {
		messages := make([]actor.Message, n)
		for i := range messages {
			var err error
			if messages[i], err = b.note.Message(text); err != nil {
				return err
			}
		}
		return b.client.Publish(context.Background(), messages...)
	})
}

func (b *bench) rawBatch(n int) (sample, error) {
	body := make([]byte, payload)
	return measure(n, func() error { return b.raw.sendBatch(queue, b.id(0), n, body) })
}

func (b *bench) oursSingle(n int) (sample, error) {
	text := b.text()
	return single(n, func(int) error { return b.note.Send(context.Background(), text) })
}

func (b *bench) rawSingle(n int) (sample, error) {
	body := make([]byte, payload)
	return single(n, func(i int) error { return b.raw.send(queue, b.id(i), body) })
}

// id is a message ID that the run uses once, as long as one of ours.
func (b *bench) id(i int) string { return fmt.Sprintf("%08d-0000-7000-8000-%012d", b.round, i) }

// parallel sends n messages from all senders.
func parallel(n int, send func(i int) error) error {
	errs := make([]error, senders)
	var all sync.WaitGroup
	for s := range senders {
		all.Go(func() {
			for i := s; i < n && errs[s] == nil; i += senders {
				errs[s] = send(i)
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// single sends n messages one at a time.
func single(n int, send func(i int) error) (sample, error) {
	latencies := make([]time.Duration, n)
	s, err := measure(n, func() error {
		for i := range latencies {
			started := time.Now()
			if err := send(i); err != nil {
				return err
			}
			latencies[i] = time.Since(started)
		}
		return nil
	})
	slices.Sort(latencies)
	s.latency = median(latencies)
	return s, err
}

// encodeAllocs counts the allocations of a send up to the transport.
func (b *bench) encodeAllocs() error {
	note, text := tasks.Note.Via(actor.NewClient(nowhere{}, actor.ClientConfig{})), b.text()
	var failed error
	allocs := testing.AllocsPerRun(10_000, func() {
		if err := note.Send(context.Background(), text); err != nil {
			failed = err
		}
	})
	fmt.Printf("ratio encode_allocs %.0f (target <= 4)\n", allocs)
	return failed
}

// nowhere is a transport that takes everything.
type nowhere struct{ actor.Transport }

func (nowhere) MaxDelay() time.Duration                           { return time.Hour }
func (nowhere) Publish(context.Context, []actor.Envelope) []error { return nil }
