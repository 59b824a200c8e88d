package amqp

import (
	"log/slog"
	"strconv"
	"sync"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// publisher keeps one publishing channel open on a link and hands out places in
// its window. A sender with a place publishes in its own goroutine; the others
// wait in line. A publish channel only publishes: another method in between
// would mix its frames with theirs.
type publisher struct {
	link    *link
	log     *slog.Logger
	confirm bool
	// calls says that the messages are requests, whose replies come on the
	// same channel.
	calls bool
	// detours, unless nil, are the destinations that have stopped. Messages to
	// them go through the publisher that is the detour, but for requests.
	detours *detours
	detour  bool

	late     lateReturns
	troubles news

	started sync.Once
	done    chan struct{} // closed when run has returned
	// abandoned holds a token when a message lost its sender.
	abandoned chan struct{}

	mu      sync.Mutex
	lane    *lane // nil while there is no channel
	closed  bool
	waiting line
	// parked are those that wait for a place of their queue, where it is narrow.
	parked map[string]*line
	// suspects counts the messages in doubt after the broker closed a channel
	// for what one of them is. While there are any, messages go out one at a
	// time, so that only the culprit fails.
	suspects int
	// denials are the destinations whose messages are refused; see denied.
	denials map[string]*denial
	// left are the channels that are kept for calls alone, the oldest first. It
	// is replaced, not changed.
	left    []*lane
	tending sync.WaitGroup // goroutines that tend them
}

func newPublisher(l *link, log *slog.Logger, confirm bool) *publisher {
	p := &publisher{link: l, log: log, confirm: confirm, done: make(chan struct{}), abandoned: make(chan struct{}, 1)}
	p.late.log, p.late.count, p.troubles.log = log, l.counters, log
	l.onPoke(p.grantNow)
	l.onWatch(p.examine)
	return p
}

// The pause before a channel is opened again: a channel is cheap, and the
// innocent wait for it.
const (
	minReopen = 10 * time.Millisecond
	maxReopen = 100 * time.Millisecond
)

// start begins to keep the channel, at the first message.
func (p *publisher) start() {
	p.started.Do(func() {
		p.link.start()
		go p.run()
	})
}

// close refuses what waits, gives what is in flight until the timeout to be
// confirmed, and leaves the rest to the end of the connection.
func (p *publisher) close(timeout time.Duration) {
	p.mu.Lock()
	p.closed = true
	p.waiting.wake()
	for _, l := range p.parked {
		l.wake()
	}
	p.mu.Unlock()
	deadline := time.NewTimer(timeout)
	defer deadline.Stop()
	poll := time.NewTicker(wheelTick)
	defer poll.Stop()
	for p.active() > 0 {
		select {
		case <-deadline.C:
			return
		case <-poll.C:
		}
	}
}

// wait returns when the publisher's goroutine has ended, which it does when its
// link is closed.
func (p *publisher) wait() {
	p.started.Do(func() { close(p.done) })
	<-p.done
}

// active counts the messages in flight whose senders wait.
func (p *publisher) active() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lane == nil {
		return 0
	}
	return len(p.lane.inflight) - len(p.lane.abandoned)
}

func (p *publisher) run() {
	defer close(p.done)
	defer p.tending.Wait()
	pause := newBackoff(minReopen, maxReopen)
	for {
		s, err := p.link.await(p.link.ctx)
		if err != nil {
			return
		}
		l, err := p.open(s)
		if err != nil {
			if !s.conn.IsClosed() { // the end of that one is the link's to report
				p.troubles.warn("open "+err.Error(), "publishing channel not opened", "error", err)
			}
			pause.wait(p.link.ctx)
			continue
		}
		opened := time.Now()
		p.serve(l)
		if time.Since(opened) > time.Second {
			pause.reset()
		} else if s.alive() {
			pause.wait(p.link.ctx)
		}
	}
}

// narrow says that a destination gets no more than queueWindow places.
func (p *publisher) narrow(destination string) bool {
	return p.detour || p.detours.has(destination)
}

func (p *publisher) open(s *session) (*lane, error) {
	var ch *amqp.Channel
	var in *inbox
	err := s.call(func() (err error) {
		if ch, err = s.conn.Channel(); err == nil && p.confirm {
			err = ch.Confirm(false)
		}
		if err == nil && p.calls {
			in, err = openInbox(ch)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	l := &lane{
		sess: s, ch: ch,
		returns:  ch.NotifyReturn(make(chan amqp.Return, maxWindow)),
		closes:   ch.NotifyClose(make(chan *amqp.Error, 1)),
		inbox:    in,
		orphan:   p.orphan,
		inflight: make(map[string]*parcel),
		silent:   make(map[string]*silentQueue),
	}
	if p.detour || p.calls {
		l.perQueue, l.narrow = make(map[string]int), p.narrow
	}
	return l, nil
}

// serve lets senders use the lane until it is closed, or left to its calls.
func (p *publisher) serve(l *lane) {
	closed := l.ch.NotifyClose(make(chan *amqp.Error, 1))
	var returns <-chan amqp.Return
	if !p.confirm {
		returns = l.returns // nobody waits for these: they are read here
	}
	inboxEnded := p.readInbox(l)
	p.mu.Lock()
	p.lane = l
	p.grant()
	p.mu.Unlock()
	tick := time.NewTicker(reapInterval)
	tick.Stop()
	defer tick.Stop()
	ticking := false
	for {
		select {
		case err, ok := <-closed:
			if ok {
				p.report(err)
				continue
			}
			p.mu.Lock()
			p.lane = nil
			p.mu.Unlock()
			if l.inbox != nil {
				<-l.inbox.done
			}
			return
		case <-inboxEnded:
			inboxEnded = nil
			p.retire(l)
		case r, ok := <-returns:
			if !ok {
				returns = nil
				continue
			}
			p.orphan(r)
		case <-p.abandoned:
			if !ticking { // a reset puts the next tick off
				ticking = true
				tick.Reset(reapInterval)
			}
		case <-tick.C:
			more, over := p.tend(l)
			if over && p.leave(l, closed) {
				return
			}
			if over {
				p.log.Warn("publishing channel given up: confirms do not come, or only refusals")
				_ = l.sess.call(l.ch.Close)
			}
			if !more {
				ticking = false
				tick.Stop()
			}
		}
	}
}

// report logs why the broker closed the channel alone. Where the senders wait,
// the one whose message it was is told.
func (p *publisher) report(reason *amqp.Error) {
	if !p.confirm && reason.Recover && reason.Server {
		p.troubles.warn("closed "+strconv.Itoa(reason.Code), "broker closed a publishing channel for a message on it", "error", &reasonError{reason, "write"})
	}
}
