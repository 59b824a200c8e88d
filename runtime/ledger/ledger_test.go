package ledger

import (
	"slices"
	"sync"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// ledger holds an account of every message of a test. It may be used
// concurrently.
type ledger struct {
	mu       sync.Mutex
	accounts map[string]*account
	// successes counts the runs that succeeded.
	successes map[success]int
	// shaken counts the reasons for which the broker itself may forget what it
	// has accepted, or take twice what was sent once.
	shaken int
}

// success is what successes are counted by.
type success struct {
	worker *transport
	actor  string
}

// account is what is known of the message with one ID.
type account struct {
	id           string
	queue        string // for which it was sent
	publications []publication
	arrivals     []*arrival
	runs         []*run
	// dead and left are what the broker held at the end: dead letters, and
	// messages in a queue or on their way into one, by its name.
	dead []deadLetter
	left []string
	// poison says that the message ends by its delivery limit.
	poison bool
	// deleted says what the deletion of its queue means for it.
	deleted deletion
}

// publication is one message that was handed to a transport.
type publication struct {
	begun   time.Time
	attempt int
	// copied says that a worker sent it, dead that it is a dead letter.
	copied, dead bool
	outcome      outcome
	// held says how long the broker holds it in its levels, from begun on.
	held time.Duration
	// doubtful says that the broker may hold it more than once: the connection
	// was lost meanwhile and the message sent again under its ID, or the broker
	// was about to move it out of a level, which it does at least once.
	doubtful bool
}

type outcome int

const (
	notSent outcome = iota
	unknown
	confirmed
)

func (o outcome) String() string { return [...]string{"not sent", "unknown", "confirmed"}[o] }

// deletion is what became of a message by the deletion of its queue.
type deletion int

const (
	notDeleted deletion = iota
	// maybeDeleted is what may have been in the queue.
	maybeDeleted
	// surelyDeleted is what was there and had not begun to run.
	surelyDeleted
)

// arrival is one delivery.
type arrival struct {
	at          time.Time
	worker      *transport
	queue       string
	attempt     int
	redelivered bool
	session     <-chan struct{} // closed when the delivery's session has ended
	// acked says that the acknowledgement was sent, accepted that the broker
	// said it had it, requeued that the delivery was handed back.
	acked, accepted, requeued bool
	acceptedAt                time.Time
	// shaken says that the broker may have forgotten that it had accepted.
	shaken bool
}

// gone says that the broker has reason to deliver the message again.
func (a *arrival) gone() bool {
	if a.requeued {
		return true
	}
	select {
	case <-a.session:
		return !a.accepted || a.shaken
	default:
		return false
	}
}

// passing is for how long a channel of the broker may keep what it has accepted
// before the queue knows it: a channel that ends takes that along (RabbitMQ 3.10,
// seen on a machine with ten times the load that it can take).
const passing = 2 * time.Second

// goneBefore says that the broker had reason for another delivery.
func (a *arrival) goneBefore(again *arrival) bool {
	return a.gone() || a.ended() && again.at.Sub(a.acceptedAt) < passing
}

// run is one run of a task.
type run struct {
	*arrival
	begun  time.Time
	ended  bool
	err    error
	judged bool // see account.judge
}

func newLedger() *ledger {
	return &ledger{accounts: map[string]*account{}, successes: map[success]int{}}
}

// account returns the account of a message. l.mu is held.
func (l *ledger) account(id string) *account {
	a := l.accounts[id]
	if a == nil {
		a = &account{id: id}
		l.accounts[id] = a
	}
	return a
}

// use calls f with the account of a message.
func (l *ledger) use(id string, f func(a *account)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f(l.account(id))
}

func (a *account) hasArrived(attempt int) bool {
	return slices.ContainsFunc(a.arrivals, func(d *arrival) bool { return d.attempt == attempt })
}

// arrivals returns how often a message was delivered.
func (l *ledger) arrivals(id string) (n int) {
	l.use(id, func(a *account) { n = len(a.arrivals) })
	return n
}

// each calls f with every account.
func (l *ledger) each(f func(a *account)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range l.accounts {
		f(a)
	}
}

// shake notes that the broker itself is about to suffer, until the function it
// returns is called.
func (l *ledger) shake() (end func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shaken++
	for _, a := range l.accounts { // what was accepted a moment ago may not be on disk
		for _, arrived := range a.arrivals {
			arrived.shaken = true
		}
		for i := range a.publications {
			p := &a.publications[i]
			p.doubtful = p.doubtful || p.held > 0 && (!a.hasArrived(p.attempt) || time.Since(p.begun.Add(p.held)) < time.Second)
		}
	}
	return sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.shaken--
	})
}

func (l *ledger) isShaken() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.shaken > 0
}

// begin notes the start of a run.
func (l *ledger) begin(worker *transport, facts actor.Facts) *run {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.account(facts.ID)
	r := &run{begun: time.Now()}
	for _, arrived := range a.arrivals { // the last one that fits
		if arrived.worker == worker && arrived.attempt == facts.Attempt && arrived.redelivered == facts.Redelivered {
			r.arrival = arrived
		}
	}
	if r.arrival == nil { // which the balance reports
		r.arrival = &arrival{worker: worker, attempt: facts.Attempt, redelivered: facts.Redelivered}
	}
	a.runs = append(a.runs, r)
	return r
}

// end notes the end of a run.
func (l *ledger) end(r *run, name string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.ended, r.err = true, err
	if err == nil {
		l.successes[success{r.worker, name}]++
	}
}

func (l *ledger) succeeded(worker *transport, name string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.successes[success{worker, name}]
}

// open returns how many messages ought to come to an end and have not.
func (l *ledger) open() (n int) {
	l.each(func(a *account) {
		if (a.promised() || len(a.arrivals) > 0) && !a.concluded() && a.deleted == notDeleted {
			n++
		}
	})
	return n
}

// promised says that a sender was told that the message is in its queue.
func (a *account) promised() bool {
	return a.published(func(p publication) bool { return !p.copied && p.outcome == confirmed }) > 0
}

// concluded says that the task has succeeded, or is a dead letter.
func (a *account) concluded() bool {
	return a.succeeded() || a.published(func(p publication) bool { return p.dead && p.outcome == confirmed }) > 0 || len(a.dead) > 0
}

func (a *account) succeeded() bool {
	for _, r := range a.runs {
		if r.ended && r.err == nil {
			return true
		}
	}
	return false
}

// published counts the publications that match.
func (a *account) published(match func(publication) bool) (n int) {
	for _, p := range a.publications {
		if match(p) {
			n++
		}
	}
	return n
}
