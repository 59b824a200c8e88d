package amqp

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

// subscription is one channel of a consumer while it lives. After it was made
// one goroutine, run, makes all calls on the channel that have a reply: two at
// a time would cross their replies.
type subscription struct {
	consumer *consumer
	sess     *session
	ch       *amqp.Channel
	closed   chan *amqp.Error // the library's; closed with the channel
	ledger   ledger

	// lost is closed when the channel has ended: what it delivered and is not
	// settled will be delivered again.
	lost chan struct{}
	// wakeup holds a token when the ledger or the wishes below have changed.
	wakeup chan struct{}
	// switched hands over the deliveries of the subscription that replaces the
	// one before, whose own were closed.
	switched chan replacement
	// switching counts the replacements that their reader has not yet taken.
	switching atomic.Int32

	// Wishes.
	cancel, quit atomic.Bool
	replace      atomic.Bool   // even if the prefetch stays the same
	cancelled    chan struct{} // closed when cancel was done, or the channel ended
	// used says that as many deliveries have come as the prefetch allows.
	used atomic.Bool
	// last is the highest tag that was delivered.
	last atomic.Uint64

	// renewed says that the channel was given up because nothing came.
	renewed atomic.Bool

	// Owned by run.
	tag      string
	prefetch int
	quiet    quiet
}

// replacement is what goes on where deliveries have ended because the prefetch
// has changed.
type replacement struct {
	deliveries <-chan amqp.Delivery
	prefetch   int
}

var tagNumber atomic.Uint64

// subscribe opens a channel and subscribes with prefetch.
func (c *consumer) open(s *session, prefetch int) (*subscription, <-chan amqp.Delivery, error) {
	sub := &subscription{
		consumer: c, sess: s, prefetch: prefetch,
		lost: make(chan struct{}), wakeup: make(chan struct{}, 1),
		switched: make(chan replacement, 1), cancelled: make(chan struct{}),
	}
	var deliveries <-chan amqp.Delivery
	err := s.call(func() (err error) {
		if sub.ch, err = s.conn.Channel(); err != nil {
			return err
		}
		sub.closed = sub.ch.NotifyClose(make(chan *amqp.Error, 1))
		deliveries, err = sub.consume(prefetch)
		return err
	})
	if err == nil {
		return sub, deliveries, nil
	}
	if sub.ch != nil {
		_ = s.call(sub.ch.Close)
	}
	return nil, nil, err
}

// consume subscribes under a new tag. A prefetch holds for the consumers that
// come after it, so to change it the subscription is replaced.
func (s *subscription) consume(prefetch int) (<-chan amqp.Delivery, error) {
	if err := s.ch.Qos(prefetch, 0, false); err != nil { // global is refused by quorum queues
		return nil, err
	}
	s.prefetch = prefetch
	s.used.Store(false)
	s.tag = fmt.Sprintf("%s-%d", shorten(s.consumer.cfg.Name, 200), tagNumber.Add(1))
	return s.ch.Consume(s.consumer.queue, s.tag, false, false, false, false, nil)
}

func (s *subscription) poke() {
	select {
	case s.wakeup <- struct{}{}:
	default:
	}
}

// run sends what the ledger gathers and does what is wished, until the channel
// ends.
func (s *subscription) run() {
	defer s.end()
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	defer timer.Stop()
	stale, stop := s.consumer.staleTicks()
	defer stop()
	idle := time.NewTicker(s.consumer.cfg.idle / 4)
	defer idle.Stop()
	for {
		select {
		case reason, ok := <-s.closed:
			if !ok {
				return
			}
			if reason.Server && reason.Recover {
				s.consumer.log.Warn("broker closed the consumer's channel", "error", reason)
			}
			continue
		case <-s.wakeup:
			s.gather()
		case <-timer.C:
		case now := <-stale:
			s.giveBack(s.consumer.stale(s, now))
		case now := <-idle.C:
			if s.idle(now) && !s.quit.Load() {
				s.renewed.Store(true)
				_ = s.sess.call(s.ch.Close)
				continue // the end arrives on closed
			}
		}
		if err := s.tune(); err != nil {
			s.sess.sock.kill(err)
			continue // the end arrives on closed
		}
		now := time.Now()
		pending, wait := s.ledger.due(now)
		switch {
		case s.quit.Load():
			s.ledger.requeueRest(s.last.Load())
			s.send(s.ledger.take(true))
			_ = s.sess.call(s.ch.Close) // behind the acknowledgements: its reply says they were accepted
		case pending && wait == 0:
			s.send(s.ledger.take(s.crowded()))
			if pending, _ = s.ledger.due(now); pending {
				timer.Reset(ackStraggler / 5)
			}
		case pending:
			timer.Reset(wait)
		}
	}
}

// gather lets goroutines run that are about to settle deliveries, as many do when
// a barrier has released them together, so that they get into the same flush. It
// ends once they have settled enough for one.
func (s *subscription) gather() {
	for before, now := -1, s.ledger.size(); now > before && now < ackCount; {
		runtime.Gosched()
		before, now = now, s.ledger.size()
	}
}

// crowded says that so much of the prefetch waits to be acknowledged that the
// broker might run out of it.
func (s *subscription) crowded() bool {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	return 4*s.ledger.acks >= 3*s.prefetch
}

// send tells the broker. Nothing here blocks but the barrier: a call with a
// reply, which the broker's channel gives when it has taken what came before.
func (s *subscription) send(f flush) {
	var err error
	for _, tag := range f.nacks {
		err = first(err, s.ch.Nack(tag, false, true))
	}
	if f.upTo != 0 {
		err = first(err, s.ch.Ack(f.upTo, true))
	}
	for _, tag := range f.singles {
		err = first(err, s.ch.Ack(tag, false))
	}
	if f.barrier == nil {
		return // an error means that the channel has ended, which run will see
	}
	if err == nil {
		err = s.sess.call(func() error { return s.ch.Qos(s.prefetch, 0, false) })
	}
	if err != nil {
		err = fmt.Errorf("%w: %w", actor.ErrConnectionLost, err)
	}
	f.barrier.release(err)
}

func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// tune cancels or replaces the subscription if that is wished. An error means
// that the channel is in an unknown state.
func (s *subscription) tune() error {
	select {
	case <-s.cancelled:
		return nil
	default:
	}
	if s.cancel.Load() || s.quit.Load() {
		defer close(s.cancelled)
		return s.tolerate(s.sess.call(func() error { return s.ch.Cancel(s.tag, false) }))
	}
	wanted := s.consumer.allowed(s)
	if !s.replace.Swap(false) && (wanted == s.prefetch || wanted > s.prefetch && !s.used.Load()) {
		return nil // a delivery that is under way when its consumer is replaced counts once more
	}
	s.switching.Add(1) // before the deliveries end, so that their reader knows why
	return s.tolerate(s.sess.call(func() error {
		if err := s.ch.Cancel(s.tag, false); err != nil {
			return err
		}
		deliveries, err := s.consume(wanted)
		if err == nil {
			s.switched <- replacement{deliveries, wanted}
		}
		return err
	}))
}

// tolerate forgives what an ended channel answers.
func (s *subscription) tolerate(err error) error {
	if s.ch.IsClosed() {
		return nil
	}
	return err
}

func (s *subscription) end() {
	s.consumer.link.counters.staleAcks.Add(int64(s.ledger.close()))
	select {
	case <-s.cancelled:
	default:
		close(s.cancelled)
	}
	close(s.lost)
	s.consumer.lost(s)
}

// close ends the subscription: what is acknowledged is sent, what is not
// settled goes back to the broker.
func (s *subscription) close() {
	s.quit.Store(true)
	s.poke()
	<-s.lost
}
