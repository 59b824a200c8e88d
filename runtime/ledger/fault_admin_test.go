package ledger

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

const (
	workerUser     = "worker"
	workerPassword = "password"
)

// addWorkerUser makes a user for the workers of a node, and returns the URL with
// which they connect.
func addWorkerUser(t *testing.T, node *rabbittest.Node) string {
	t.Helper()
	ctl(t, node, "add_user", workerUser, workerPassword)
	permit(t, node)
	u := parse(t, node.URL())
	u.User = url.UserPassword(workerUser, workerPassword)
	return u.String()
}

func permit(t *testing.T, node *rabbittest.Node) {
	t.Helper()
	ctl(t, node, "set_permissions", workerUser, ".*", ".*", ".*")
}

// passwordChanged locks the workers out until their password is valid again.
func passwordChanged() fault {
	return fault{name: "changed password", strike: func(t *testing.T, r *rig) {
		ctl(t, r.node, "change_password", workerUser, "another")
		ctl(t, r.node, "close_all_connections", "test")
		for _, c := range r.crews {
			before := c.attempts.Load()
			eventually(t, "a worker is refused and tries on", func() bool { return c.attempts.Load() >= before+3 })
		}
		ctl(t, r.node, "change_password", workerUser, workerPassword)
	}}
}

// permissionsCleared takes the workers' rights away, first all but the one to
// connect and then that too, each from old sessions and from new ones, until they
// are permitted again.
func permissionsCleared() fault {
	return fault{name: "cleared permissions", strike: func(t *testing.T, r *rig) {
		const some = time.Second // of work without permissions, and of being refused
		connects := func(c *crew) int64 { return c.Stats().Connects }
		attempts := func(c *crew) int64 { return c.attempts.Load() }
		ctl(t, r.node, "set_permissions", workerUser, "^$", "^$", "^$")
		time.Sleep(some)
		r.disconnect(t, connects)
		time.Sleep(some)
		ctl(t, r.node, "clear_permissions", workerUser)
		r.disconnect(t, attempts)
		time.Sleep(some)
		permit(t, r.node)
	}}
}

// disconnect has the broker close all connections, and waits until every worker
// has come back as far as count tells.
func (r *rig) disconnect(t *testing.T, count func(*crew) int64) {
	t.Helper()
	before := make([]int64, len(r.crews))
	for i, c := range r.crews {
		before[i] = count(c)
	}
	ctl(t, r.node, "close_all_connections", "test")
	for i, c := range r.crews {
		eventually(t, "a worker comes back", func() bool { return count(c) > before[i] })
	}
}

// memoryAlarm stops publishing, while the workers go on to run and acknowledge
// what was sent before. What needs a copy comes first, is kept until the alarm is
// over, and holds up nothing.
func memoryAlarm() fault {
	return fault{name: "memory alarm", strike: func(t *testing.T, r *rig) {
		r.load.pause()
		r.rest(t)
		r.gate.close()
		defer r.gate.open()
		const copied, rest = 100, 200
		r.send(lasting, retry, copied/2)
		r.send(lasting, reject, copied/2)
		r.send(lasting, done, rest)
		ctl(t, r.node, "set_vm_memory_high_watermark", "0.00001")
		defer ctl(t, r.node, "set_vm_memory_high_watermark", "0.4")
		blocked := r.send(brief, done, 5)
		eventually(t, "the broker counts the messages", func() bool { return r.held(t) == copied+rest })
		r.gate.open()
		eventually(t, "every message that needs no copy is acknowledged", func() bool { return r.held(t) == copied })
		for _, id := range blocked {
			r.ledger.use(id, func(a *account) {
				if a.promised() {
					t.Errorf("%s was confirmed, want the alarm to be on", id)
				}
			})
		}
		r.load.resume() // against the alarm
		time.Sleep(time.Second)
		if n := r.held(t); n != copied {
			t.Errorf("the broker holds %d messages at the end of the alarm, want the %d that need a copy", n, copied)
		}
	}}
}

// held counts the messages in the queues, ready and unacknowledged, as the
// broker's own tool sees them: up to some five seconds ago.
func (r *rig) held(t *testing.T) (n int) {
	t.Helper()
	for line := range strings.Lines(ctl(t, r.node, "list_queues", "--no-table-headers", "name", "messages")) {
		name, messages, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if name != r.queues()[0] && name != r.queues()[1] {
			continue
		}
		count, err := strconv.Atoi(messages)
		if err != nil {
			t.Fatalf("list_queues: got %q, want a name and a number", line)
		}
		n += count
	}
	return n
}

// consumerTimeout has tasks take longer than the broker waits for their
// acknowledgement. The broker closes the channel of their queue, and delivers
// them again: the run under way settles them, the other messages of the queue
// run. The other queue's channel lives on, unless some of its messages, too, are
// not settled in time: alone says that no other fault has led to that. Nor does it
// live on where the connection ends: RabbitMQ (3.10, seen) may deliver on the
// channel after it has closed it, which the library takes for a fault of the
// connection. Once the
// tasks have come back the broker waits as long as ever, or several workers could
// pass them to each other for long.
func consumerTimeout(alone bool) fault {
	return fault{name: "consumer timeout", strike: func(t *testing.T, r *rig) {
		set := func(name, value string) { ctl(t, r.node, "eval", "application:set_env(rabbit, "+name+", "+value+").") }
		set("consumer_timeout", "10000")
		set("channel_tick_interval", "500")
		patient := sync.OnceFunc(func() {
			set("consumer_timeout", "1800000")
			set("channel_tick_interval", "60000")
		})
		defer r.reopen(t)
		defer patient()
		r.reopen(t)
		other, lost := r.sessionsOf(r.queues()[1]), r.crews[0].Stats().ConnectionsLost
		var ids []string
		for _, d := range r.definitions[:2] {
			ids = append(ids, r.sendTo(d, lasting, long, 1)...)
		}
		for _, id := range ids {
			if !happens(func() bool { return r.ledger.arrivals(id) > 1 }) {
				r.ledger.use(id, func(a *account) { t.Fatalf("%s: not within %s, want that it comes back", a.story(), patience) })
			}
		}
		patient()
		for _, id := range ids {
			eventually(t, "the long task has ended and was acknowledged", func() (acked bool) {
				r.ledger.use(id, func(a *account) {
					for _, arrived := range a.arrivals {
						acked = acked || arrived.acked
					}
				})
				return acked
			})
			r.ledger.use(id, func(a *account) {
				if len(r.crews) == 1 && len(a.runs) != 1 {
					t.Errorf("%s ran %d times, want once: %s", id, len(a.runs), a.story())
				}
			})
		}
		if !alone || r.crews[0].Stats().ConnectionsLost > lost {
			return
		}
		for session := range other {
			if isClosed(session) {
				t.Error("a channel of the other queue was lost, want only that of the long tasks")
			}
		}
	}}
}

// reopen makes the workers' channels anew and waits until they work: what had
// arrived on the old ones may still run for a while.
func (r *rig) reopen(t *testing.T) {
	t.Helper()
	var old []<-chan struct{}
	for _, queue := range r.queues() {
		old = slices.AppendSeq(old, maps.Keys(r.sessionsOf(queue)))
	}
	for _, c := range r.crews {
		c.proxy.Reset()
	}
	for _, session := range old {
		eventually(t, "the workers see that their channels have ended", func() bool { return isClosed(session) })
	}
	r.flows(t, "on new channels")
}

// sessionsOf returns the sessions of a queue that live.
func (r *rig) sessionsOf(queue string) map[<-chan struct{}]bool {
	live := map[<-chan struct{}]bool{}
	r.ledger.each(func(a *account) {
		for _, arrived := range a.arrivals {
			if arrived.queue == queue && !arrived.ended() {
				live[arrived.session] = true
			}
		}
	})
	return live
}

func (a *arrival) ended() bool { return isClosed(a.session) }

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
