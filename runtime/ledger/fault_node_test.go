package ledger

import (
	"context"
	"testing"
	"time"
)

// restarted stops the node in good order and starts it again.
func restarted() fault {
	return fault{name: "restart", shakes: true, strike: func(t *testing.T, r *rig) { r.restart(t) }}
}

// killed ends the node without a warning and starts it again.
func killed() fault {
	return fault{name: "kill", shakes: true, strike: func(t *testing.T, r *rig) {
		time.Sleep(2 * time.Second) // a queue that was just declared would be of no use for a minute
		if err := r.node.Kill(); err != nil {
			t.Fatal(err)
		}
		r.restart(t)
	}}
}

func (r *rig) restart(t *testing.T) {
	t.Helper()
	if err := r.node.Restart(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// paused stops the node's process until the workers have noticed.
func paused() fault {
	return fault{name: "pause", shakes: true, strike: func(t *testing.T, r *rig) {
		before := make([]int64, len(r.crews))
		for i, c := range r.crews {
			before[i] = c.Stats().ConnectionsLost
		}
		if err := r.node.Pause(); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := r.node.Resume(); err != nil {
				t.Error(err)
			}
		}()
		for i, c := range r.crews {
			eventually(t, "a worker gives its connections up", func() bool { return c.Stats().ConnectionsLost > before[i] })
		}
	}}
}
