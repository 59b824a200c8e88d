package amqp

import (
	"errors"
	"fmt"
	"sync"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

// inbox receives the replies to the requests of one channel and hands each to
// its call. Nobody takes long to read it: what no call waits for is dropped.
type inbox struct {
	deliveries <-chan amqp.Delivery
	done       chan struct{} // closed when nothing comes any more

	mu    sync.Mutex
	calls map[string]*call // that wait, by message ID
	ended bool
}

// call waits for one reply.
type call struct {
	inbox *inbox
	id    string
	done  chan struct{} // closed when one of the fields below is final
	reply *actor.Reply
	lost  error // why no reply comes any more
}

// inboxTag names the consumer, the only one of its channel.
const inboxTag = "replies"

// openInbox starts the consumer of replies, which must exist before the first
// request: the broker closes a channel for one without.
func openInbox(ch *amqp.Channel) (*inbox, error) {
	deliveries, err := ch.Consume(directReplyTo, inboxTag, true, false, false, false, nil)
	if err != nil {
		return nil, err
	}
	return &inbox{deliveries: deliveries, done: make(chan struct{}), calls: make(map[string]*call)}, nil
}

// read hands out replies until the consumer ends, and then ends the calls that
// still wait; why says what ended it.
func (b *inbox) read(why func() error) {
	defer close(b.done)
	for d := range b.deliveries {
		b.deliver(replyOf(&d))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	cause := fmt.Errorf("%w: %w", actor.ErrReplyLost, why())
	for _, c := range b.calls {
		c.end(nil, cause)
	}
}

// errInboxEnded says that a request must not go out on the channel.
var errInboxEnded = errors.New("no replies come on this channel any more")

// expect makes a call that waits for the reply to the message id.
func (b *inbox) expect(id string) (*call, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.ended:
		return nil, errInboxEnded
	case b.calls[id] != nil:
		return nil, actor.ErrCallUnderWay
	}
	c := &call{inbox: b, id: id, done: make(chan struct{})}
	b.calls[id] = c
	return c, nil
}

func (b *inbox) deliver(r *actor.Reply) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c := b.calls[r.ID]; c != nil {
		c.end(r, nil)
	}
}

// forget ends a call whose caller waits no longer.
func (b *inbox) forget(c *call) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.calls[c.id] == c {
		delete(b.calls, c.id)
	}
}

// waits says that a call for the reply to the message id waits.
func (b *inbox) waits(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calls[id] != nil
}

// waiting counts the calls that wait.
func (b *inbox) waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.calls)
}

// end tells the caller; b.mu is held.
func (c *call) end(r *actor.Reply, lost error) {
	delete(c.inbox.calls, c.id)
	c.reply, c.lost = r, lost
	close(c.done)
}

// replied says that the reply is there: whatever became of the confirm, the
// request has arrived.
func (c *call) replied() bool {
	select {
	case <-c.done:
		return c.lost == nil
	default:
		return false
	}
}

// readInbox begins to read the lane's replies, if it has any. The channel that
// it returns is closed when none comes any more.
func (p *publisher) readInbox(l *lane) <-chan struct{} {
	if l.inbox == nil {
		return nil
	}
	go l.inbox.read(func() error { return p.whyEnded(l) })
	return l.inbox.done
}

// whyEnded returns why nothing more comes on the lane.
func (p *publisher) whyEnded(l *lane) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return actor.ErrClosed
	}
	if reason := l.closedBy(); reason != nil {
		return fmt.Errorf("broker closed the channel: %w", reason)
	}
	return actor.ErrConnectionLost
}

// retire gives up a lane whose replies have ended before its channel: it would
// be closed for the next request.
func (p *publisher) retire(l *lane) {
	p.mu.Lock()
	l.retired = true
	p.mu.Unlock()
	p.pokeReaper() // which closes the lane once nobody writes
}
