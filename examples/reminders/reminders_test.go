package main

import (
	"os"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/examples/internal/program"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestMain(m *testing.M) { os.Exit(rabbittest.Run(m)) }

func TestInMemory(t *testing.T) { checkProgram(t) }

func TestOnRabbitMQ(t *testing.T) { checkProgram(t, "-broker", rabbittest.URL(t)) }

// checkProgram runs what README.md says: one reminder of what stands, one of what was
// moved, none of what was cancelled, and reports.
func checkProgram(t *testing.T, args ...string) {
	p := program.Start(t, program.Build(t, "."), nil, args...)
	p.Await("reminder: ")
	p.Await("reminder: ")
	p.Await("report: ")
	said := strings.Join(p.Stop(), "\n")
	for appointment, want := range map[string]int{"dentist": 1, "exam": 1, "haircut": 0} {
		if got := strings.Count(said, appointment); got != want {
			t.Errorf("got %d reminders of %s, want %d:\n%s", got, appointment, want, said)
		}
	}
}
