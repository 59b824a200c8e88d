package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/bench/tasks"
)

const (
	queue     = "actorgen-bench"
	workQueue = "actorgen-bench-work"
	senders   = 64
	slots     = 32
	payload   = 100 // bytes of a body
	// patience bounds the wait for a broker.
	patience = 10 * time.Second
)

func main() {
	url := flag.String("broker", os.Getenv("ACTORGEN_AMQP_URL"), "URL of the broker")
	rounds := flag.Int("rounds", 9, "rounds of each comparison")
	only := flag.String("only", "", "measure only the comparisons with a ratio that has this in its name")
	flag.Parse()
	if err := run(*url, *rounds, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(url string, rounds int, only string) error {
	dialing, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	transport, err := amqp.Dial(dialing, amqp.Config{URL: url, Logger: slog.New(slog.DiscardHandler)})
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
	if err := b.sent(1); err != nil {
		return err
	}
	if err := b.fillSync(1); err != nil { // declares the other queue
		return err
	}
	if err := b.purge(workQueue, 1); err != nil {
		return err
	}

	delays, err := b.delaying(transport)
	if err != nil {
		return err
	}

	rate := func(p pair) float64 { return p.ours.rate() / p.raw.rate() }
	cpu := func(p pair) float64 { return p.ours.cpuPerMessage() / p.raw.cpuPerMessage() }
	latency := func(p pair) float64 { return p.ours.latency.Seconds() / p.raw.latency.Seconds() }
	for _, c := range []comparison{
		{20_000, b.none, b.oursParallel, b.rawParallel, b.sent,
			[]ratio{{"send_parallel", ">= 1.15", rate}, {"send_parallel_cpu", "<= 0.60", cpu}}},
		{10_000, b.none, b.oursBatch, b.rawBatch, b.sent,
			[]ratio{{"send_batch", ">= 1.10", rate}}},
		{1_000, b.none, b.oursSingle, b.rawSingle, b.sent,
			[]ratio{{"send_single", "<= 1.10", latency}}},
		{20_000, b.fillAsync, b.oursWork, b.rawWork, b.worked,
			[]ratio{{"work_async", ">= 2.0", rate}}},
		{20_000, b.fillSync, b.oursWork, b.rawWork, b.worked,
			[]ratio{{"work_sync", ">= 1.0", rate}}},
		{20_000, b.none, delays.delayed, delays.plain, delays.sent,
			[]ratio{{"delay_publish", ">= 0.55", rate}}},
	} {
		if !c.has(only) {
			continue
		}
		if err := b.compare(c, rounds); err != nil {
			return err
		}
	}
	return b.encodeAllocs()
}

// comparison is one kind of work with n messages, on both sides. Raw is the side
// that ours is held against.
type comparison struct {
	messages  int
	before    func(n int) error
	ours, raw func(n int) (sample, error)
	after     func(n int) error // whoever loses some or doubles some is not faster
	ratios    []ratio
}

// has says that one of the ratios has part in its name.
func (c *comparison) has(part string) bool {
	return slices.ContainsFunc(c.ratios, func(r ratio) bool { return strings.Contains(r.name, part) })
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
			if err := c.before(c.messages); err != nil {
				return err
			}
			if err := side(); err != nil {
				return err
			}
			if err := c.after(c.messages); err != nil {
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
