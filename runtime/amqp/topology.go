package amqp

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// topology declares, or checks, for senders what their messages need. The same
// is asked once for all who wait, in a goroutine of its own, so that nobody
// waits longer than his own time.
type topology struct {
	link   *link
	mode   Declare
	levels int
	news   *news
	// provision is the method provide, bound once and not for each message.
	provision func(declarer, need) error

	tasks sync.WaitGroup

	mu sync.Mutex
	// declarations holds the last one of each need, finished or not.
	declarations map[needKey]*declaration
}

// declaration is one need being declared or checked.
type declaration struct {
	done chan struct{} // closed when the fields below are final
	err  error
	sess *session
	at   time.Time
}

func newTopology(l *link, cfg Config) *topology {
	t := &topology{
		link: l, mode: cfg.Declare, levels: layout.Levels(cfg.MaxDelay),
		news: &news{log: cfg.Logger}, declarations: make(map[needKey]*declaration),
	}
	t.provision = t.provide
	return t
}

// wait returns when no declaration is under way; the link must be closed.
func (t *topology) wait() { t.tasks.Wait() }

// ready declares, or checks, what a message needs: the queue, and for a delay
// the levels before it. Once is enough for a session.
func (t *topology) ready(e *actor.Envelope) *declaration {
	return t.join(e, func(d *declaration) bool { return d.settled() && d.alive() }, t.provision)
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

// inspect checks once in a session what a message needs, for the log alone, in
// the mode that is for checking: nobody waits for it.
func (t *topology) inspect(e *actor.Envelope) {
	if t.mode == DeclareCheck {
		t.join(e, (*declaration).alive, t.provision)
	}
}

// again declares what a message lacked that was written at wrote.
func (t *topology) again(e *actor.Envelope, wrote time.Time) *declaration {
	good := func(d *declaration) bool { return d.err == nil && d.at.After(wrote) }
	return t.join(e, good, func(d declarer, n need) error {
		if n.level >= 0 {
			d.forget(n.prefix)
		}
		return t.declare(d, n)
	})
}

// provide declares or checks as far as the transport may, and the broker lets it.
func (t *topology) provide(d declarer, n need) error {
	if t.mode == DeclareCheck {
		return d.verify(n)
	}
	err := t.declare(d, n)
	if !isForbidden(err) {
		return err
	}
	d.forbidden(n, err)
	return permitted(d.verify(n), err)
}

// forbidden tells once that a declaration was not permitted.
func (d declarer) forbidden(n need, err error) {
	name := n.destination().Name
	d.news.warn("forbidden "+name, "declaration not permitted, only checked", "name", name, "error", err)
}

// permitted returns what came of a check in the place of a declaration that was
// not permitted, which is why something is missing.
func permitted(check, declaration error) error {
	if !isMissing(check) {
		return check
	}
	return fmt.Errorf("%w; it was not declared: %w", check, declaration)
}

func (t *topology) declare(d declarer, n need) error {
	err := d.provide(n, t.levels)
	if isMissing(err) { // a part that was noted as declared has gone since
		d.forget(n.prefix)
		err = d.provide(n, t.levels)
	}
	return err
}

// lost forgets that a queue exists: a message to it has come back. What was
// declared a moment ago stays, since the message may be older.
func (t *topology) lost(queue string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for key, d := range t.declarations {
		if key.destination != queue {
			continue
		}
		select {
		case <-d.done:
			if time.Since(d.at) > lostAfter {
				delete(t.declarations, key)
			}
		default:
		}
	}
}

const lostAfter = time.Second

// settled says that the broker has given its answer, good or bad: asking again
// in the same session would bring the same.
func (d *declaration) settled() bool { return d.err == nil || isConflict(d.err) }

func (d *declaration) alive() bool { return d.sess != nil && d.sess.alive() }

// join returns the declaration under way for what e needs, or the last one if
// it is good enough, or starts one.
func (t *topology) join(e *actor.Envelope, good func(*declaration) bool, work func(declarer, need) error) *declaration {
	key := t.keyOf(e)
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
	n := needOf(e)
	d := &declaration{done: make(chan struct{})}
	t.declarations[key] = d
	t.tasks.Go(func() {
		defer close(d.done)
		d.sess, d.err = t.run(func(d declarer) error { return work(d, n) })
		d.at = time.Now()
		t.report(n, d.err)
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
		err = work(declarer{s, t.news, s.ask})
		if err == nil || errors.Is(err, errRefused) || isConflict(err) {
			return s, err
		}
		pause.wait(t.link.ctx)
	}
}

// report tells of an answer once: a sender whose message routes does not hear
// of it otherwise.
func (t *topology) report(n need, err error) {
	if err == nil || errors.Is(err, actor.ErrClosed) {
		return
	}
	what, text := "topology "+n.destination().Name, "queue not as it ought to be"
	if conflict := (*QueueConflictError)(nil); errors.As(err, &conflict) {
		what = "conflict " + conflict.Queue + " " + conflict.Argument
	}
	if isMissing(err) {
		text = "queue or delay level does not exist"
	}
	t.news.warn(what, text, "name", n.destination().Name, "error", err)
}
