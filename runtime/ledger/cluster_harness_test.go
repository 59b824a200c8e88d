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
	r := &rig{
		prefix: rabbittest.Prefix(t), ledger: newLedger(), definitions: definitions(),
		// What a delay level was forwarding to a node that is killed it forwards
		// again after 3 minutes.
		restTime: 4 * time.Minute,
	}
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
	f.employ(t, &crew{transport: f.dial(t, amqp.Config{URL: f.cluster.URL()})})
}

// crash ends the connections of a worker without a word to its tasks, as the end
// of its process would.
func (f *fleet) crash(t *testing.T) {
	t.Helper()
	start := time.Now()
	if err := f.crews[0].Close(); err != nil {
		t.Errorf("close: got %v, want nil", err)
	}
	if took := time.Since(start); took > inTime {
		t.Errorf("close took %s, want %s at most", took, inTime)
	}
	f.crews = f.crews[1:]
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
