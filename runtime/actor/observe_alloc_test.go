//go:build !race

package actor

import "testing"

// Whoever has no observer pays nothing for them, and who has one no memory.
func TestTellAllocations(t *testing.T) {
	told := 0
	for name, observers := range map[string][]Observer{"none": nil, "one": {func(Conclusion) { told++ }}} {
		s := &shift{worker: &Worker{config: WorkerConfig{Observers: observers}}}
		r := newRun(&workedQueue{workplace: &workplace{plannedQueue: &plannedQueue{}}}, &Delivery{})
		if got := testing.AllocsPerRun(1000, func() { s.tell(r, TaskDone, verdict{}) }); got > 0 {
			t.Errorf("%s: got %v allocations, want none", name, got)
		}
	}
	if told == 0 {
		t.Error("got the observer told nothing")
	}
}
