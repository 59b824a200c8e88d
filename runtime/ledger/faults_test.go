package ledger

import (
	"testing"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// Hundreds of connections are reset at random moments. Many workers stand it side
// by side: each waits the longer before it connects again the more often it was
// cut.
func TestResets(t *testing.T) {
	t.Parallel()
	const crews, each = 24, 8
	r := newRig(t, site{crews: crews})
	r.endure(t, resets(each))
	if lost := r.connectionsLost(); lost < crews*each/2 { // some resets strike before the connection is made
		t.Errorf("got %d connections lost, want about %d", lost, crews*each)
	}
}

// A worker that is alone with its queues gets back whatever it loses, and repeats
// next to nothing: what had finished is remembered, and what is still running
// when its message comes back settles it. One without a memory would repeat what
// its slots hold.
func TestResetsOfOneWorker(t *testing.T) {
	t.Parallel()
	const each = 10
	r := newRig(t, site{})
	r.endure(t, resets(each/2), resetsInRun(each/2))
	if b, most := r.ledger.balance(), each*slots/10; b.again > most {
		t.Errorf("got %d runs again, want %d at most", b.again, most)
	}
	if lost := r.connectionsLost(); lost < each/2 {
		t.Errorf("got %d connections lost, want about %d", lost, each)
	}
}

func (r *rig) connectionsLost() (n int) {
	for _, c := range r.crews {
		n += int(c.Stats().ConnectionsLost)
	}
	return n
}

func TestNetworkFaults(t *testing.T) {
	t.Parallel()
	r := newRig(t, site{crews: 2, heartbeat: shortHeartbeat})
	r.endure(t, append(blackHoles(), vanish())...)
}

func TestQueueDeleted(t *testing.T) {
	t.Parallel()
	newRig(t, site{crews: 2}).endure(t, deletedAtRest(), deletedUnderLoad())
}

func TestNodeFaults(t *testing.T) {
	t.Parallel()
	node := rabbittest.MustStart(t, rabbittest.Options{})
	newRig(t, site{node: node, crews: 2}).endure(t, restarted(), killed(), paused())
}

func TestAdministratorsFaults(t *testing.T) {
	t.Parallel()
	node := rabbittest.MustStart(t, rabbittest.Options{})
	newRig(t, site{node: node, url: addWorkerUser(t, node)}).endure(t,
		consumerTimeout(true), memoryAlarm(), passwordChanged(), permissionsCleared())
}
