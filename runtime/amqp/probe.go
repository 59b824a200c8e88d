package amqp

import (
	"errors"
	"time"
)

const (
	// silence is how long a connection that owes us something may say nothing
	// before it is asked.
	silence = 2 * time.Second
	// minPatience is how long the answer may take.
	minPatience = time.Second
	// maxPatience is more than what a live broker leaves between heartbeats.
	maxPatience = 8 * time.Second
	// watchInterval is how often the connection is looked at.
	watchInterval = 200 * time.Millisecond
	// steadyLife is how long a connection has to live for the patience with it
	// to be the least again.
	steadyLife = time.Minute
)

var errSilent = errors.New("the broker owes an answer and says nothing")

// guard watches over one session. The broker is asked for a sign of life when
// it is silent although it owes something: a confirm or the reply to a method.
// Heartbeats find a dead connection, too, but later than a sender waits.
type guard struct {
	stop  chan struct{}
	broke chan bool // holds one value when the watch has ended
}

func (l *link) guard(s *session) *guard {
	g := &guard{stop: make(chan struct{}), broke: make(chan bool, 1)}
	go func() { g.broke <- l.watch(s, g.stop) }()
	return g
}

// end ends the watch over a connection that has ended, and says whether it was
// the guard that broke it.
func (g *guard) end() bool {
	close(g.stop)
	return <-g.broke
}

// watch breaks s when it owes something and does not even answer a probe.
func (l *link) watch(s *session, stop <-chan struct{}) (broken bool) {
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	var answer chan struct{} // of the probe under way, nil if there is none
	defer func() {
		if answer != nil {
			<-answer // comes with the end of the connection at the latest
		}
	}()
	idle, asked := time.Now(), time.Time{} // when nothing was owed, when the probe was sent, last
	var progress progress
	for {
		select {
		case <-stop:
			return false
		case <-answer:
			answer = nil
		case now := <-tick.C:
			if progress.made(s) {
				s.moved = now
			}
			patience := l.patience.toward(s)
			heard := s.wire.lastAnswered()
			if patience == maxPatience {
				heard = s.wire.lastHeard()
			}
			if s.moved.After(heard) {
				heard = s.moved // what the broker is to answer is still on its way
			}
			switch {
			case !l.examine(s, now) || s.blocked.Load():
				idle, asked = now, now
			case now.Sub(idle) < silence || now.Sub(heard) < silence:
			case answer == nil:
				asked, answer = now, probe(s)
			case heard.After(asked): // the old question is still open: as good as asked again
				asked = now
			case now.Sub(asked) >= patience:
				l.patience.lose(s)
				s.sock.kill(errSilent)
				return true
			}
		}
	}
}

// probe opens and closes a channel, which a broker that lives answers even where
// it cannot confirm, as when a queue has lost its majority. What it returns is
// closed when the answer has come or the connection has ended.
func probe(s *session) chan struct{} {
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		if ch, err := s.conn.Channel(); err == nil {
			_ = ch.Close()
		}
	}()
	return answered
}

// progress is how many bytes the peer's TCP has acknowledged. It moves while a
// large message goes out slowly, to which the broker cannot answer before.
type progress uint64

// made says that more was acknowledged and that there is still more to send.
// Acknowledgements alone mean little: TCP gives them for what a broker never
// reads.
func (p *progress) made(s *session) bool {
	acked, unsent := tcpProgress(s.wire.Conn)
	grown := acked > uint64(*p)
	*p = progress(acked)
	return grown && (unsent > 0 || s.sock.buffered() > 0)
}

// patience is how long a probe may go unanswered. It doubles with every
// connection that is given up soon after it was made: where a large message
// takes seconds to go out, the probe behind it is late although the broker
// lives, and such a link would otherwise never get the message across. At its
// longest a heartbeat will do for an answer, too.
type patience time.Duration

// toward is the patience with s.
func (p patience) toward(s *session) time.Duration {
	if time.Since(s.wire.start) > steadyLife {
		return minPatience
	}
	return max(time.Duration(p), minPatience)
}

// lose notes that s is given up.
func (p *patience) lose(s *session) { *p = patience(min(2*p.toward(s), maxPatience)) }
