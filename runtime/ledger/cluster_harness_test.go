package ledger

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// senderName is what the sender's connections are called.
const senderName = "sender"

// forwarding is the configuration of the nodes. While a queue has lost its leader
// it refuses what a delay level forwards to it, for as long as the dead node is
// away (RabbitMQ 3.10, measured); the level keeps that, and tries again after 3 to
// 6 minutes, here after 5 to 10 seconds.
var forwarding = rabbittest.Options{Advanced: "[{rabbit, [{dead_letter_worker_publisher_confirm_timeout, 5000}]}]."}

// fleet is a rig on a cluster. All its clients know every node.
type fleet struct {
	*rig
	cluster *rabbittest.Cluster
	answers *answers
	squads  []*squad
}

// newFleet connects a sender and sets up queues that are led by another node than
// the sender's: by the one to which the sender goes next. That node is returned.
func newFleet(t *testing.T, cluster *rabbittest.Cluster) (f *fleet, leader *rabbittest.Node) {
	t.Helper()
	r := &rig{prefix: rabbittest.Prefix(t), ledger: newLedger(), definitions: definitions()}
	r.sender = r.dial(t, amqp.Config{URL: cluster.URL(), Name: senderName})
	f = &fleet{rig: r, cluster: cluster, answers: &answers{}}
	leader = cluster.Nodes[(slices.Index(cluster.Nodes, f.host(t))+1)%len(cluster.Nodes)]
	f.declare(t, leader)
	for range 2 {
		f.hire(t)
	}
	f.squads = []*squad{
		{name: "patient", size: 6, timeout: patience + time.Minute, patient: true},
		{name: "brief", size: 6, timeout: 2 * time.Second},
	}
	return f, leader
}

// hire sets a worker to work that knows every node.
func (f *fleet) hire(t *testing.T) {
	t.Helper()
	c := &crew{transport: f.dial(t, amqp.Config{URL: f.cluster.URL()}), buried: make(chan struct{})}
	f.employ(t, c)
	t.Cleanup(func() { // of a test that has failed before the crash
		if slices.Contains(f.crews, c) {
			close(c.buried)
		}
	})
}

// doom lets the first worker begin tasks that it will not live to end.
func (f *fleet) doom(t *testing.T) {
	t.Helper()
	c := f.crews[0]
	c.doomed.Store(slots / 2)
	eventually(t, "a worker is in the middle of tasks", func() bool { return c.doomed.Load() <= 0 })
}

// crash ends the connections of the first worker without a word to its tasks, as
// the end of its process would.
func (f *fleet) crash(t *testing.T) {
	t.Helper()
	c := f.crews[0]
	start := time.Now()
	if err := c.Close(); err != nil {
		t.Errorf("close: got %v, want nil", err)
	}
	if took := time.Since(start); took > inTime {
		t.Errorf("close took %s, want %s at most", took, inTime)
	}
	f.crews = f.crews[1:]
	close(c.buried)
}

// shake is that of the ledger. Delay levels forward at least once: what is on its
// way through them when one of them is led by another node may come twice.
func (f *fleet) shake() (end func()) {
	const forwarded = time.Second // since it was due, at most
	end = f.ledger.shake()
	f.ledger.each(func(a *account) {
		for i := range a.publications {
			if p := &a.publications[i]; p.copied && !p.dead && time.Since(p.begun) < longestDelay+forwarded {
				p.doubtful = true
			}
		}
	})
	return end
}

// host returns the node to which the sender is connected.
func (f *fleet) host(t *testing.T) *rabbittest.Node {
	t.Helper()
	n, err := f.cluster.Host(t.Context(), senderName+" publish")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// leader returns the node that leads the first queue.
func (f *fleet) leader(t *testing.T) *rabbittest.Node {
	t.Helper()
	n, err := f.cluster.Leader(t.Context(), f.queues()[0])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// declare sends a message to each queue, and one with the longest delay, by way
// of a node, which then leads the queues and the levels: RabbitMQ puts the leader
// of a new queue where its first client is.
func (f *fleet) declare(t *testing.T, by *rabbittest.Node) {
	t.Helper()
	client := actor.NewClient(f.dial(t, amqp.Config{URL: by.URL()}), actor.ClientConfig{QueuePrefix: f.prefix})
	var first []actor.Message
	for i, d := range f.definitions {
		first = append(first, message(d, done, fmt.Sprint("first ", i)))
	}
	first[0].Delay = longestDelay
	if err := client.Publish(t.Context(), first...); err != nil {
		t.Fatal(err)
	}
}
