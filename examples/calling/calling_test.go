package calling_test

import (
	"os"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/examples/internal/program"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestMain(m *testing.M) { os.Exit(rabbittest.Run(m)) }

// TestPriceBetweenProcesses runs what README.md says, and then without a worker.
func TestPriceBetweenProcesses(t *testing.T) {
	broker := []string{"ACTOR_BROKER=" + rabbittest.URL(t)}
	ask := program.Build(t, "./ask")
	worker := program.Start(t, program.Build(t, "./worker"), broker)
	worker.Await("worker running")

	program.Start(t, ask, broker, "-kilos", "2", "-express", "-patience", "30s").Await("1000 cents")
	refused := program.Start(t, ask, broker, "-kilos", "31", "-patience", "30s")
	if lines, err := refused.End(); err == nil || !strings.Contains(strings.Join(lines, "\n"), "no parcel has 31 kg") {
		t.Errorf("31 kg: got %q, %v, want what the worker says and a failure", lines, err)
	}

	worker.Stop()
	alone := program.Start(t, ask, broker, "-patience", "1s")
	if lines, err := alone.End(); err == nil || !strings.Contains(strings.Join(lines, "\n"), "nobody has answered in time") {
		t.Errorf("without a worker: got %q, %v, want that nobody answers and a failure", lines, err)
	}
}
