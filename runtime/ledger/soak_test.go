package ledger

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

const (
	// soakVariable says how long the soak lasts, seedVariable repeats one.
	// Without them there is one short episode, always the same.
	soakVariable = "SOAK"
	seedVariable = "SEED"
	// faultsOfEpisode are drawn for each episode of a soak.
	faultsOfEpisode, faultsOfShort = 5, 2
	shortSeed                      = 14
)

// soaking is the configuration of the node: its log of all queues, which is half
// a gigabyte by default, stays small.
var soaking = rabbittest.Options{Config: "raft.wal_max_size_bytes = 33554432"}

// everyFault is what a soak draws from.
func everyFault() []fault {
	return append(blackHoles(),
		resets(3), vanish(), deletedAtRest(), deletedUnderLoad(),
		restarted(), killed(), paused(),
		consumerTimeout(false), memoryAlarm(), passwordChanged(), permissionsCleared())
}

// A random sequence of faults, in episodes of which each has queues, workers and
// a ledger of its own, so that nothing grows with the length of the soak. It
// prints a line a minute.
func TestSoak(t *testing.T) {
	t.Parallel()
	s := newSoak(t)
	t.Logf("seed %d", s.seed)
	node := rabbittest.MustStart(t, soaking)
	workers := addWorkerUser(t, node)
	start := time.Now()
	defer s.print(t, start)()
	for s.episodes == 0 || time.Since(start) < s.length {
		faults, crews := s.draw()
		if !t.Run(names(faults), func(t *testing.T) {
			r := newRig(t, site{node: node, url: workers, crews: crews, heartbeat: shortHeartbeat})
			t.Cleanup(func() { r.deleteAll(t) })
			r.quiet = s.length > 0
			r.endure(t, faults...)
			s.note(r.ledger)
		}) {
			t.Fatalf("episode %d of seed %d, with %d workers, does not balance", s.episodes+1, s.seed, crews)
		}
	}
}

// soak is a soak under way.
type soak struct {
	length time.Duration // zero for a single short episode
	seed   uint64
	random *rand.Rand

	mu             sync.Mutex // guards the fields below
	episodes, sent int
	again          int // runs after a lost session
}

func newSoak(t *testing.T) *soak {
	t.Helper()
	s := &soak{seed: shortSeed}
	var err error
	if text := os.Getenv(soakVariable); text != "" {
		s.seed = rand.Uint64()
		if s.length, err = time.ParseDuration(text); err != nil {
			t.Fatalf("%s: %v", soakVariable, err)
		}
	}
	if text := os.Getenv(seedVariable); text != "" {
		if s.seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("%s: %v", seedVariable, err)
		}
	}
	s.random = rand.New(rand.NewPCG(s.seed, 0))
	return s
}

// draw returns what the next episode is made of.
func (s *soak) draw() (faults []fault, crews int) {
	n := faultsOfEpisode
	if s.length == 0 {
		n = faultsOfShort
	}
	all := everyFault()
	for range n {
		faults = append(faults, all[s.random.IntN(len(all))])
	}
	return faults, 1 + s.random.IntN(3)
}

func (s *soak) note(l *ledger) {
	b := l.balance()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.episodes++
	s.sent += b.sent
	s.again += b.again
}

// print says how it goes every minute, and at last.
func (s *soak) print(t *testing.T, start time.Time) (end func()) {
	line := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		t.Logf("%s: seed %d, %d episodes balance, %d messages sent, %d runs again after a lost session",
			time.Since(start).Round(time.Second), s.seed, s.episodes, s.sent, s.again)
	}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		ticks := time.NewTicker(time.Minute)
		defer ticks.Stop()
		for {
			select {
			case <-ticks.C:
				line()
			case <-stop:
				line()
				return
			}
		}
	}()
	return func() { close(stop); <-done }
}

func names(faults []fault) string {
	var names []string
	for _, f := range faults {
		names = append(names, f.name)
	}
	return strings.Join(names, ", ")
}

// deleteAll removes what an episode has declared.
func (r *rig) deleteAll(t *testing.T) {
	t.Helper()
	delayed := []string{r.prefix + "actor.delay.v1.lost", r.prefix + "actor.delay.v1.out"}
	for level := range levels {
		delayed = append(delayed, fmt.Sprintf("%sactor.delay.v1.%02d", r.prefix, level))
	}
	if err := onChannel(r.broker, func(ch *amqp.Channel) error {
		for _, name := range append(r.queues(), r.queues()[0]+".XQ", r.queues()[1]+".XQ") {
			if _, err := ch.QueueDelete(name, false, false, false); err != nil {
				return err
			}
		}
		for _, name := range delayed {
			if _, err := ch.QueueDelete(name, false, false, false); err != nil {
				return err
			}
			if err := ch.ExchangeDelete(name, false, false); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}
