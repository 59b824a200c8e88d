package deadletter

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"hash/maphash"
	"sync"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

const (
	// batchLetters and batchBytes bound what is published at a time.
	batchLetters = prefetch / 2
	batchBytes   = 8 << 20
	// publishTimeout is how long the broker has for one of them.
	publishTimeout = 30 * time.Second
	// grace is how long what is being published may still take when the context
	// has ended: then hardly anything is left in doubt.
	grace = 5 * time.Second
)

// Target is where letters go back to.
type Target struct {
	// Queue is the queue that the letters come from, its name on the broker.
	Queue *actor.Queue
	// Prefix is the clients' QueuePrefix.
	Prefix string
}

// Result counts what has become of the letters that were meant.
type Result struct {
	// Requeued are in their queue, and no dead letters any more.
	Requeued int
	// Doubled are in their queue, and perhaps dead letters as well: the connection
	// was lost before the broker had taken the acknowledgement.
	Doubled int
	// Unknown are dead letters, and perhaps in their queue as well: nothing was
	// heard of their publishing.
	Unknown int
	// Refused are dead letters still: the broker did not take them.
	Refused int
	// Repeated were left, because one with the same ID was requeued just before.
	Repeated int
}

// Requeue publishes letters to the queue that they come from, waits for the
// confirms, and only then removes them: whatever ends it, each letter is in one of
// the two queues, at worst in both. It ends at the first letter that the queue does
// not take, since others would not fare better, but passes over one that no broker
// would take.
//
// A letter becomes a new task with its old ID and headers: no attempt was made,
// its error and where it has been are forgotten, its age (max-age) counts from now;
// when it was first sent is kept. Each letter that was there when the Reader was
// opened is handled once at most: a task that fails again at once is left alone.
//
// When ctx ends, what is being published has five seconds to be confirmed.
// Progress, unless it is nil, is told the result now and then.
func Requeue(ctx context.Context, r *Reader, t actor.Transport, to Target, s Selection, progress func(Result)) (Result, error) {
	publishing, end := withGrace(ctx)
	defer end()
	q := requeue{r: r, transport: t, target: to, ctx: publishing, seed: maphash.MakeSeed(), seen: make(map[uint64]struct{})}
	flush := func() error {
		err := q.flush()
		if progress != nil {
			progress(q.result)
		}
		return err
	}
	err := s.Each(ctx, r, func(l *Letter) error {
		if q.add(l) {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	return q.result, err
}

// withGrace returns a context that ends some time after ctx, and a function that
// ends it and waits for its goroutine.
func withGrace(ctx context.Context) (context.Context, func()) {
	later, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var waiting sync.WaitGroup
	waiting.Go(func() {
		select {
		case <-ctx.Done():
		case <-later.Done():
			return
		}
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-later.Done():
		}
	})
	return later, func() {
		cancel()
		waiting.Wait()
	}
}

// requeue is one run.
type requeue struct {
	r         *Reader
	transport actor.Transport
	target    Target
	ctx       context.Context // of the publishing
	result    Result

	batch []*Letter
	bytes int
	// seen holds a hash of each ID: a task that has failed again at once must not
	// go round.
	seed maphash.Seed
	seen map[uint64]struct{}
}

// add puts a letter into the batch, and reports whether that is full.
func (q *requeue) add(l *Letter) bool {
	if l.ID != "" {
		id := maphash.String(q.seed, l.ID)
		if _, again := q.seen[id]; again {
			q.result.Repeated++
			return false
		}
		q.seen[id] = struct{}{}
	}
	q.batch = append(q.batch, l)
	q.bytes += len(l.Body)
	return len(q.batch) == batchLetters || q.bytes >= batchBytes
}

// flush publishes the batch and removes what was confirmed. The error is the
// reason not to go on.
func (q *requeue) flush() error {
	letters := q.batch
	q.batch, q.bytes = q.batch[:0], 0
	if len(letters) == 0 {
		return nil
	}
	now := time.Now()
	envelopes := make([]actor.Envelope, len(letters))
	for i, l := range letters {
		envelopes[i] = q.target.envelope(l, now)
	}
	errs := q.transport.Publish(q.ctx, envelopes)
	var failure, lost error
	removed := 0
	for i, l := range letters {
		switch err := outcome(errs, i); {
		case err == nil:
			if lost == nil {
				lost = q.r.remove(l)
			}
			removed++
		case errors.Is(err, actor.ErrOutcomeUnknown):
			q.result.Unknown++
			failure = cmp.Or(failure, err)
		default:
			q.result.Refused++
			if invalid := (*actor.InvalidMessageError)(nil); !errors.As(err, &invalid) {
				failure = cmp.Or(failure, err)
			}
		}
	}
	if lost == nil && removed > 0 {
		lost = q.r.accepted()
	}
	if lost != nil {
		q.result.Doubled += removed
	} else {
		q.result.Requeued += removed
	}
	return cmp.Or(failure, lost)
}

func outcome(errs []error, i int) error {
	if errs == nil {
		return nil
	}
	return errs[i]
}

// envelope makes a letter a task that has never run.
func (to Target) envelope(l *Letter, now time.Time) actor.Envelope {
	return actor.Envelope{
		ID: cmp.Or(l.ID, rand.Text()), Actor: l.Actor, Body: l.Body, ContentType: l.ContentType, Headers: l.Headers,
		Queue: to.Queue, Prefix: to.Prefix, Priority: l.Priority,
		Confirm: true, Mandatory: true, Persistent: true, Timeout: publishTimeout,
		FirstSent: l.Started(), FirstDue: now,
	}
}
