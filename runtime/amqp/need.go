package amqp

import (
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// need is what a message needs on the broker: its queue, and for a delay the
// levels before it.
type need struct {
	queue actor.Queue
	// deadLetter and retries say which queue beside it is meant, if any.
	deadLetter, retries bool
	prefix              string
	// level is where a delay begins; -1 for none.
	level int
}

// needKey tells needs apart.
type needKey struct {
	destination, prefix string
	level               int
}

func needOf(e *actor.Envelope) need {
	return need{queue: *e.Queue, deadLetter: e.DeadLetter, retries: e.IsForRetryQueue(), prefix: e.Prefix, level: levelOf(e)}
}

func levelOf(e *actor.Envelope) int {
	if e.Delay < layout.Step {
		return -1
	}
	return routeOf(e.Delay).level
}

// keyOf returns the key of what e needs. Levels are declared all at once, but
// checked as they are used.
func (t *topology) keyOf(e *actor.Envelope) needKey {
	level := levelOf(e)
	if t.mode != DeclareCheck {
		level = min(level, 0)
	}
	return needKey{destination: e.Destination(), prefix: e.Prefix, level: level}
}

// destination is the queue that the message is for.
func (n *need) destination() layout.Queue {
	switch {
	case n.deadLetter:
		return layout.DeadLetter(&n.queue)
	case n.retries:
		return layout.Retry(&n.queue)
	}
	return layout.Main(&n.queue)
}

// provide declares what n lists; levels is how many there are under its prefix.
func (d declarer) provide(n need, levels int) error {
	if n.level >= 0 {
		if err := d.levels(n.prefix, levels); err != nil {
			return err
		}
	}
	return d.queue(&n.queue, n.prefix, n.level >= 0)
}

// verify checks what n lists without creating anything. Whether it exists, every
// user may ask; whether its arguments are right, only who may declare it. That a
// binding exists nobody may ask.
func (d declarer) verify(n need) error {
	if n.level >= 0 {
		if err := d.levelsExist(n.prefix, n.level); err != nil {
			return err
		}
	}
	return d.queueIs(n.destination())
}

// forget makes the next declaration begin with the levels, whatever was
// declared in this session.
func (d declarer) forget(prefix string) {
	d.sess.forget("levels", prefix)
	d.sess.forget("out", prefix)
}
