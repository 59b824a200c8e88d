package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/bench/tasks"
)

const (
	queue   = "actorgen-bench"
	senders = 64
	payload = 100 // bytes of a body
)

func main() {
	url := flag.String("broker", os.Getenv("ACTORGEN_AMQP_URL"), "URL of the broker")
	rounds := flag.Int("rounds", 9, "rounds of each comparison")
	flag.Parse()
	if err := run(*url, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(url string, rounds int) error {
	transport, err := amqp.Dial(context.Background(), amqp.Config{URL: url, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer transport.Close()
	b := &bench{client: actor.NewClient(transport, actor.ClientConfig{})}
	b.note = tasks.Note.Via(b.client)
	if err := b.note.Send(context.Background(), b.text()); err != nil { // declares the queue
		return err
	}
	if b.raw, err = dialRaw(url); err != nil {
		return err
	}
	defer b.raw.connection.Close()
	if err := b.purge(1); err != nil { // what the declaration brought
		return err
	}

	for _, c := range []comparison{
		{20_000, b.oursParallel, b.rawParallel, []ratio{
			{"send_parallel", ">= 1.15", func(p pair) float64 { return p.ours.rate() / p.raw.rate() }},
			{"send_parallel_cpu", "<= 0.60", func(p pair) float64 { return p.ours.cpuPerMessage() / p.raw.cpuPerMessage() }},
		}},
		{10_000, b.oursBatch, b.rawBatch, []ratio{
			{"send_batch", ">= 1.10", func(p pair) float64 { return p.ours.rate() / p.raw.rate() }},
		}},
		{1_000, b.oursSingle, b.rawSingle, []ratio{
			{"send_single", "<= 1.10", func(p pair) float64 {
				return p.ours.latency.Seconds() / p.raw.latency.Seconds()
			}},
		}},
	} {
		if err := b.compare(c, rounds); err != nil {
			return err
		}
	}
	return b.encodeAllocs()
}

// comparison is one kind of sending, on both sides.
type comparison struct {
	messages  int
	ours, raw func(n int) (sample, error)
	ratios    []ratio
}

type bench struct {
	client *actor.Client
	note   tasks.NoteActor
	raw    *raw
	round  int
}

// compare measures both sides in turn, the first one alternating, from an empty
// queue each time. The first round warms up.
func (b *bench) compare(c comparison, rounds int) error {
	pairs := make([]pair, 0, rounds)
	for i := range rounds + 1 {
		var p pair
		sides := []func() error{
			func() (err error) { p.ours, err = c.ours(c.messages); return err },
			func() (err error) { p.raw, err = c.raw(c.messages); return err },
		}
		if i%2 == 1 {
			slices.Reverse(sides)
		}
		for _, side := range sides {
			b.round++
			if err := side(); err != nil {
				return err
			}
			if err := b.purge(c.messages); err != nil {
				return err
			}
		}
		if i > 0 {
			pairs = append(pairs, p)
		}
	}
	report(c.ratios, pairs)
	return nil
}

// purge empties the queue, in which there have to be n messages: who loses some
// or sends some twice is not faster.
func (b *bench) purge(n int) error {
	channel, err := b.raw.connection.Channel() // publishing channels only publish
	if err != nil {
		return err
	}
	defer channel.Close()
	purged, err := channel.QueuePurge(queue, false)
	if err == nil && purged != n {
		err = fmt.Errorf("got %d messages in queue %q, want %d: lost, sent twice, or left there by another run", purged, queue, n)
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
