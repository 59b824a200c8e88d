package amqp

import (
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const (
	minRedial = 50 * time.Millisecond
	maxRedial = 5 * time.Second
	// briefDial bounds an attempt while another host may still take us at once:
	// longer than RabbitMQ needs to refuse wrong credentials, shorter than a
	// sender waits by default.
	briefDial = 4 * time.Second
)

// run dials, waits for the connection to end, and dials again, at the next
// host: the last one may be half dead. It pauses when all hosts were tried.
func (l *link) run() {
	defer close(l.done)
	pause := newBackoff(minRedial, maxRedial)
	for l.ctx.Err() == nil {
		e, round := l.hosts.next()
		cfg := l.cfg
		if l.hosts.othersLeft() {
			cfg.DialTimeout = min(cfg.DialTimeout, briefDial)
		}
		l.try(e.address())
		s, err := dial(l.ctx, cfg, e, round, cfg.Name+" "+l.role, l.poke)
		l.try("")
		if err != nil {
			if l.ctx.Err() != nil {
				return
			}
			if l.hosts.failed(err) {
				l.log.Warn("broker not reachable, trying on", "host", e.address(), "error", err)
			}
			exhausted := l.hosts.exhausted()
			l.failed(l.hosts.failure(), exhausted)
			if exhausted {
				pause.wait(l.ctx)
			}
			continue
		}
		l.hosts.reached()
		l.counters.connects.Add(1)
		l.log.Info("connected to the broker", "host", e.address())
		up := time.Now()
		err = l.serve(s)
		if l.ctx.Err() != nil {
			return
		}
		l.counters.connectionsLost.Add(1)
		l.log.Warn("connection to the broker lost", "host", e.address(), "error", err)
		if time.Since(up) > maxRedial {
			pause.reset()
		}
		pause.wait(l.ctx)
	}
}

// serve publishes the session and returns when it has ended, or when the link
// is closed, with the session closed.
func (l *link) serve(s *session) error {
	// Registered before anything can fire; the reader below drains both to
	// their close, so the library's own reader never waits for us.
	closed := s.conn.NotifyClose(make(chan *amqp.Error, 1))
	blocked := s.conn.NotifyBlocked(make(chan amqp.Blocking, 16))
	l.set(s)
	defer l.set(nil)
	defer close(s.lost) // before set(nil): who sees no session sees it lost
	guard := l.guard(s)

	closing := l.ctx.Done()
	farewell := make(chan struct{})
	defer func() { <-farewell }()
	goodbye := func() {
		defer close(farewell)
		kill := time.AfterFunc(closeTimeout, func() { s.sock.kill(errNoReply) })
		defer kill.Stop()
		_ = s.conn.CloseDeadline(time.Now().Add(closeTimeout))
	}
	var cause error = errSocketClosed
	for {
		select {
		case <-closing:
			closing = nil
			go goodbye()
		case b, ok := <-blocked:
			if !ok {
				blocked = nil
				continue
			}
			l.block(s, b)
		case err, ok := <-closed:
			if ok {
				cause = err
				continue
			}
			if closing != nil { // the connection ended by itself
				close(farewell)
				s.sock.kill(errSocketClosed)
			}
			if guard.end() {
				return errSilent
			}
			s.unreadable = unreadable(cause, s.wire)
			return cause
		}
	}
}

func (l *link) block(s *session, b amqp.Blocking) {
	if s.blocked.Swap(b.Active) == b.Active {
		return
	}
	if b.Active {
		l.log.Warn("broker blocks publishers", "reason", b.Reason)
	} else {
		l.log.Info("broker takes messages again")
	}
	l.mu.Lock()
	l.tell()
	l.mu.Unlock()
	l.poke()
}
