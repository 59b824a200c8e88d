package main

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/actorgen/actorgen/examples/internal/program"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestMain(m *testing.M) { os.Exit(rabbittest.Run(m)) }

// TestProgramShowsItsMetrics: what the page shows is served, and moves.
func TestProgramShowsItsMetrics(t *testing.T) {
	p := program.Start(t, program.Build(t, "."), nil, "-broker", rabbittest.URL(t), "-listen", "127.0.0.1:0")
	_, url, _ := strings.Cut(p.Await("metrics at "), "metrics at ")
	wants := []string{
		`actorgen_sends_total{actor="tasks.Greet",broker="default",outcome="sent",queue="quickstart"} `,
		`actorgen_deliveries_total{actor="tasks.Greet",broker="default",outcome="done",queue="quickstart"} `,
		`actorgen_retries_total{actor="tasks.ChargeCard",broker="default",queue="quickstart",reason="error"} `,
		`actorgen_connection_up{broker="default",connection="consume"} 1`,
		`actorgen_worker_state{broker="default",state="running"} 1`,
		`actorgen_queue_consumers{broker="default",queue="quickstart"} `,
	}
	var page string
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		page = get(t, url)
		missing := ""
		for _, want := range wants {
			if !strings.Contains(page, want) {
				missing = want
			}
		}
		if missing == "" {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("got no %q in\n%s", missing, page)
		}
	}
	p.Stop()
}

func get(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("got %s, %v: %s", response.Status, err, text)
	}
	return string(text)
}
