package tracing_test

import (
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/examples/internal/program"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestMain(m *testing.M) { os.Exit(rabbittest.Run(m)) }

// TestOneTrace: what the two programs print is one trace, and so is what the tasks
// log.
func TestOneTrace(t *testing.T) {
	broker := []string{"ACTOR_BROKER=" + rabbittest.URL(t)}
	worker := program.Start(t, program.Build(t, "./worker"), broker)
	server := program.Start(t, program.Build(t, "./server"), broker, "-listen", "127.0.0.1:0")
	_, address, _ := strings.Cut(server.Await("listening on "), "listening on ")

	response, err := http.Post("http://"+address+"/seats/42", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	trace, ok := strings.CutPrefix(strings.TrimSpace(string(answer)), "accepted, in trace ")
	if !ok {
		t.Fatalf("got answer %q, want the trace", answer)
	}
	for _, text := range []string{"booking", "booking", "mailing"} {
		if line := worker.Await("msg=" + text); !strings.Contains(line, "trace_id="+trace) || !strings.Contains(line, "attempt=") {
			t.Errorf("got line %q, want the trace and the task in it", line)
		}
	}
	if line := server.Await("msg=accepted"); !strings.Contains(line, "trace_id="+trace) {
		t.Errorf("got line %q, want the trace in it", line)
	}
	spans := spansOf(trace, append(server.Stop(), worker.Stop()...))
	want := []string{
		"parent 0000000000000000: POST /seats internal",
		"parent <POST /seats internal>: send tasks.BookSeat producer, delay 0.3",
		"parent <send tasks.BookSeat producer>: process tasks.BookSeat consumer, attempt 0, outcome retried, delay (random)",
		"parent <send tasks.BookSeat producer>: process tasks.BookSeat consumer, linked to <process tasks.BookSeat consumer, attempt 0>, attempt 1, outcome done",
		"parent <process tasks.BookSeat consumer, attempt 1>: send tasks.MailTicket producer",
		"parent <send tasks.MailTicket producer>: process tasks.MailTicket consumer, attempt 0, outcome done",
	}
	slices.Sort(spans)
	slices.Sort(want)
	if !slices.Equal(spans, want) {
		t.Errorf("got spans\n%s\nwant\n%s", strings.Join(spans, "\n"), strings.Join(want, "\n"))
	}
}

var printed = regexp.MustCompile(`^trace (\S+) span (\S+) (parent \S+: (\S+ \S+ \S+?)(,.*)?)$`)

// spansOf returns the lines of the spans of a trace, with names for IDs and for the
// delay of a retry.
func spansOf(trace string, lines []string) (spans []string) {
	var names []string // pairs of IDs and names
	for _, line := range lines {
		if span := printed.FindStringSubmatch(line); span != nil && span[1] == trace {
			names = append(names, span[2], "<"+span[4]+regexp.MustCompile(`, attempt \d+`).FindString(line)+">")
			spans = append(spans, regexp.MustCompile(`(outcome retried, delay) [\d.]+`).ReplaceAllString(span[3], "$1 (random)"))
		}
	}
	for i := range spans {
		spans[i] = strings.NewReplacer(names...).Replace(spans[i])
	}
	return spans
}
