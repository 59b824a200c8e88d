package amqp

import (
	"slices"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

const (
	// maxLeft is how many channels are kept for the calls that wait on them,
	// beside the one for new calls.
	maxLeft = 16
	// leftInterval is how often one of them is looked at.
	leftInterval = time.Second
)

// leave gives a channel that is retired to the calls that wait on it: their
// replies come nowhere else. It is closed when they have all ended, or when
// maxLeft channels were left after it. leave reports whether any call waits.
// Nobody has a place on l that is not yet written.
func (p *publisher) leave(l *lane, closed <-chan *amqp.Error) bool {
	if l.inbox == nil || l.inbox.waiting() == 0 {
		return false
	}
	p.log.Warn("channel of calls left to those that wait for their replies; new calls take another")
	p.mu.Lock()
	p.lane = nil
	p.left = append(slices.Clip(p.left), l) // readers keep what they have got
	p.mu.Unlock()
	p.tending.Go(func() { p.tendLeft(l, closed) })
	return true
}

// tendLeft closes the channel when its time has come, and returns when it is
// closed.
func (p *publisher) tendLeft(l *lane, closed <-chan *amqp.Error) {
	tick := time.NewTicker(leftInterval)
	defer tick.Stop()
	for {
		select {
		case _, more := <-closed:
			if more {
				continue
			}
			<-l.inbox.done
			p.mu.Lock()
			p.left = slices.DeleteFunc(slices.Clone(p.left), func(other *lane) bool { return other == l })
			p.mu.Unlock()
			return
		case <-tick.C:
			if l.inbox.waiting() == 0 || p.outlived(l) {
				_ = l.sess.call(l.ch.Close)
			}
		}
	}
}

// outlived says that so many channels were left after l that it is not kept.
func (p *publisher) outlived(l *lane) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.left)-slices.Index(p.left, l) > maxLeft
}

// expect makes a call that waits on l, where the sender has a place, for the
// reply to the message id.
func (p *publisher) expect(l *lane, id string) (*call, error) {
	p.mu.Lock()
	left := p.left
	p.mu.Unlock()
	for _, other := range left {
		if other.inbox.waits(id) {
			return nil, actor.ErrCallUnderWay
		}
	}
	return l.inbox.expect(id)
}
