package amqp

import (
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// nodeRows are the faults of brokers, on one node that starts again and one
// that goes on.
func nodeRows() []matrixRow {
	return []matrixRow{
		{"a node that starts again", func(t *testing.T) {
			node := rabbittest.MustStart(t, rabbittest.Options{})
			underEach(t, node, patients(), restarted(node))
			underEach(t, node, mixture(), killed(node))
		}},
		{"a node that goes on", func(t *testing.T) {
			node := rabbittest.MustStart(t, rabbittest.Options{})
			memory := blocked(node, "memory alarm", "set_vm_memory_high_watermark", "0.00001", "0.4")
			memory.lasts = outwait
			disk := blocked(node, "disk alarm", "set_disk_free_limit", "100000GB", "50MB")
			underEach(t, node, mixture(), paused(node))
			for _, f := range []fault{memory, disk} {
				t.Run(f.name, func(t *testing.T) { newRigVia(t, node.URL(), mixture()).endure(t, f) })
			}
		}},
	}
}

func underEach(t *testing.T, node *rabbittest.Node, load []*sender, faults ...fault) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) { newRig(t, node.URL(), load, Config{}).endure(t, f) })
	}
}

// restarted stops the node in good order and starts it again.
func restarted(node *rabbittest.Node) fault {
	return fault{name: "restarted", inject: func(t *testing.T, _ *rig) {
		start := time.Now()
		if err := node.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Logf("the restart took %s", time.Since(start).Round(time.Millisecond))
	}}
}

// killed ends the node without a warning and starts it again. A queue that was
// declared just before would be of no use for a minute.
func killed(node *rabbittest.Node) fault {
	const settled = 2 * time.Second
	return fault{
		name:   "killed",
		wants:  unsendable(actor.ErrConnectionLost),
		causes: lossy,
		inject: func(t *testing.T, _ *rig) {
			time.Sleep(settled)
			if err := node.Kill(); err != nil {
				t.Fatal(err)
			}
		},
		heal: func(t *testing.T, _ *rig) {
			if err := node.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
		},
	}
}

// paused stops the node's process, whose kernel goes on taking bytes.
func paused(node *rabbittest.Node) fault {
	return fault{
		name: "paused", wants: unanswered, causes: lossy,
		inject: func(t *testing.T, _ *rig) {
			if err := node.Pause(); err != nil {
				t.Fatal(err)
			}
		},
		heal: func(t *testing.T, _ *rig) {
			if err := node.Resume(); err != nil {
				t.Fatal(err)
			}
		},
	}
}
