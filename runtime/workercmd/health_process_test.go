package workercmd

import (
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// A process is alive from its start, however long its constructors take.
func TestHealthIsServedWhileConstructorsRun(t *testing.T) {
	w := startConstructing(t, patient, "-metrics", "127.0.0.1:0")
	w.says("constructing")
	address := w.address()
	w.alive(address)
	if code, body, err := get("http://" + address + "/readyz"); err != nil || code != http.StatusServiceUnavailable || body != "starting\n" {
		t.Errorf("readyz: got %d %q and %v, want %d starting", code, body, err, http.StatusServiceUnavailable)
	}
	w.signal(syscall.SIGTERM)
	w.exits(exitDrained)
}

// /metrics tells of every broker, and of the process; /metrics/queues asks the
// brokers that can tell.
func TestMetricsAreServed(t *testing.T) {
	queue := rabbittest.Prefix(t) + "tasks"
	w := startWorkerWith(t, queue+" other=others", failing,
		"-broker", rabbittest.URL(t), "-broker", "other="+inMemory, "-metrics", "127.0.0.1:0")
	w.says("finished")
	serves := func(path string, want ...string) {
		t.Helper()
		var body string
		eventually(t, path+" serves "+strings.Join(want, ", "), func() bool {
			code, text, err := get("http://" + w.address() + path)
			if err != nil || code != http.StatusOK {
				t.Fatalf("%s: got %d and %v", path, code, err)
			}
			body = text
			for _, line := range want {
				if !strings.Contains(body, line+"\n") {
					return false
				}
			}
			return true
		})
	}
	labels := `{actor="` + queue + `",broker="default",`
	serves("/metrics",
		`actorgen_sends_total`+labels+`outcome="sent",queue="`+queue+`"} 1`,
		`actorgen_deliveries_total`+labels+`outcome="done",queue="`+queue+`"} 1`,
		`actorgen_retries_total`+labels+`queue="`+queue+`",reason="error"} 1`,
		`actorgen_connection_up{broker="default",connection="publish"} 1`,
		`actorgen_worker_state{broker="other",state="running"} 1`,
		`# TYPE go_goroutines gauge`)
	serves("/metrics/queues",
		`actorgen_queue_ready_messages{broker="default",queue="`+queue+`"} 0`,
		`actorgen_queue_consumers{broker="default",queue="`+queue+`"} 1`,
		`actorgen_queue_depths_up{broker="default"} 1`)
	if _, body, err := get("http://" + w.address() + "/metrics/queues"); err != nil || strings.Contains(body, `broker="other"`) {
		t.Errorf("got %q and %v, want nothing of a broker that has no depths to tell", body, err)
	}
}
