package amqp

import (
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// topology declares, for senders, what they find missing. Declarations of the
// same thing are made once for all who wait, in a goroutine of their own, so
// that nobody waits longer than his own time.
type topology struct {
	link   *link
	log    *slog.Logger
	mode   Declare
	levels int

	tasks sync.WaitGroup

	mu sync.Mutex
	// declarations holds the last one of each key, finished or not.
	declarations map[string]*declaration
	reported     map[string]bool

	// one lets one declaration work at a time, so that the levels, which many
	// may need, are declared once.
	one sync.Mutex
}

// declaration is one piece of topology being declared.
type declaration struct {
	done chan struct{} // closed when the fields below are final
	err  error
	sess *session
	at   time.Time
}

func newTopology(l *link, cfg Config) *topology {
	return &topology{
		link: l, log: cfg.Logger, mode: cfg.Declare, levels: levels(cfg.MaxDelay),
		declarations: make(map[string]*declaration), reported: make(map[string]bool),
	}
}

// wait returns when no declaration is under way; the link must be closed.
func (t *topology) wait() { t.tasks.Wait() }

// queueAgain declares the envelope's queue because a message that was written
// at wrote was returned.
func (t *topology) queueAgain(e *actor.Envelope, wrote time.Time) *declaration {
	q, prefix := *e.Queue, e.Prefix
	return t.join(queueKey(e), func(d *declaration) bool { return d.err == nil && d.at.After(wrote) },
		func(d declarer) error { return d.queue(&q, prefix) })
}

// ready declares, or checks, what a message needs: the queue, and for a delay
// the levels before it. Once is enough for a session.
func (t *topology) ready(e *actor.Envelope) *declaration {
	good := func(d *declaration) bool { return d.settled() && d.sess != nil && d.sess.alive() }
	if e.Delay >= delayStep {
		return t.join(delayKey(e), good, t.delayWork(e))
	}
	q, prefix, destination := *e.Queue, e.Prefix, e.Destination()
	return t.join(queueKey(e), good, func(d declarer) error {
		if t.mode == DeclareCheck {
			return d.check(destination)
		}
		return d.queue(&q, prefix)
	})
}

// isReady says that ready would not have to wait.
func (t *topology) isReady(e *actor.Envelope) bool {
	d := t.ready(e)
	select {
	case <-d.done:
		return d.settled()
	default:
		return false
	}
}

func queueKey(e *actor.Envelope) string { return "queue " + e.Destination() }
func delayKey(e *actor.Envelope) string { return "delay " + e.Prefix + " " + e.Destination() }

// delayAgain is ready for a delayed message that was written at wrote and found a level
// missing.
func (t *topology) delayAgain(e *actor.Envelope, wrote time.Time) *declaration {
	work, prefix := t.delayWork(e), e.Prefix
	return t.join(delayKey(e),
		func(d *declaration) bool { return d.err == nil && d.at.After(wrote) },
		func(d declarer) error {
			d.sess.forget("levels", prefix)
			d.sess.forget("out", prefix)
			return work(d)
		})
}

func (t *topology) delayWork(e *actor.Envelope) func(declarer) error {
	q, prefix, destination := *e.Queue, e.Prefix, e.Destination()
	return func(d declarer) error {
		if t.mode == DeclareCheck {
			return d.check(destination)
		}
		if err := d.levels(prefix, t.levels); err != nil {
			return err
		}
		return d.queue(&q, prefix)
	}
}

// settled says that the broker has given its answer, good or bad: asking again
// in the same session would bring the same.
func (d *declaration) settled() bool {
	var conflict *QueueConflictError
	return d.err == nil || errors.As(d.err, &conflict)
}

// join returns the declaration under way for key, or the last one if it is good
// enough, or starts one.
func (t *topology) join(key string, good func(*declaration) bool, work func(declarer) error) *declaration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if d := t.declarations[key]; d != nil {
		select {
		case <-d.done:
			if good(d) {
				return d
			}
		default:
			return d
		}
	}
	d := &declaration{done: make(chan struct{})}
	t.declarations[key] = d
	t.tasks.Go(func() {
		defer close(d.done)
		d.sess, d.err = t.run(work)
		d.at = time.Now()
		t.report(key, d.err)
	})
	return d
}

// run does the work on the first session that lives through it.
func (t *topology) run(work func(declarer) error) (*session, error) {
	pause := newBackoff(minRedial, maxRedial)
	for {
		s, err := t.link.await(t.link.ctx)
		if err != nil {
			return nil, actor.ErrClosed
		}
		t.one.Lock()
		err = work(declarer{s, t.log})
		t.one.Unlock()
		var conflict *QueueConflictError
		if err == nil || errors.Is(err, errRefused) || errors.As(err, &conflict) {
			return s, err
		}
		pause.wait(t.link.ctx)
	}
}

// report logs an answer once for each key: a sender whose message routes does
// not hear of it otherwise.
func (t *topology) report(key string, err error) {
	if err == nil || errors.Is(err, actor.ErrClosed) {
		return
	}
	t.mu.Lock()
	already := t.reported[key]
	t.reported[key] = true
	t.mu.Unlock()
	if !already {
		t.log.Warn("topology not declared", "what", key, "error", err)
	}
}
