package web_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/examples/internal/program"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestMain(m *testing.M) { os.Exit(rabbittest.Run(m)) }

// TestServerLinksNothingOfTheWorker: neither the package of the functions nor what
// they import.
func TestServerLinksNothingOfTheWorker(t *testing.T) {
	const tasks = "github.com/actorgen/actorgen/examples/web/tasks"
	for program, links := range map[string]bool{"./server": false, "./worker": true} {
		output, err := exec.Command("go", "list", "-deps", program).Output()
		if err != nil {
			t.Fatal(err)
		}
		packages := strings.Fields(string(output))
		for _, name := range []string{tasks, "html/template"} {
			if got := slices.Contains(packages, name); got != links {
				t.Errorf("%s links %s: got %t, want %t", program, name, got, links)
			}
		}
		if !slices.Contains(packages, tasks+"/client") {
			t.Errorf("%s does not link the stubs", program)
		}
	}
}

// TestOrderBecomesAReceipt: from the request to the file, over RabbitMQ.
func TestOrderBecomesAReceipt(t *testing.T) {
	receipts := t.TempDir()
	broker := "ACTOR_BROKER=" + rabbittest.URL(t)
	worker := program.Start(t, program.Build(t, "./worker"), []string{broker, "RECEIPTS=" + receipts})
	server := program.Start(t, program.Build(t, "./server"), []string{broker}, "-listen", "127.0.0.1:0")
	url := listening(server)
	server.Await("INFO ready")
	worker.Await("worker running") // it has declared the queue
	const id = "0199f3c2-7d3b-7c1e-9d0e-3f1a5b7c9d11"
	if status, body := order(t, url, id); status != http.StatusAccepted {
		t.Fatalf("got status %d, %s, want 202", status, body)
	}
	worker.Await("receipt " + id)
	if page, err := os.ReadFile(filepath.Join(receipts, id+".html")); !strings.Contains(string(page), "Thank you, Ada") {
		t.Errorf("got %q, %v, want a receipt for Ada", page, err)
	}
	if status := get(t, url+"/readyz"); status != http.StatusOK {
		t.Errorf("/readyz: got status %d, want 200", status)
	}
	server.Stop()
	worker.Stop()
}

// TestServerWithoutBroker answers, is not ready, and ends when it is told to.
func TestServerWithoutBroker(t *testing.T) {
	server := program.Start(t, program.Build(t, "./server"), []string{"ACTOR_BROKER=amqp://127.0.0.1:1"}, "-listen", "127.0.0.1:0")
	url := listening(server)
	for path, want := range map[string]int{"/healthz": http.StatusOK, "/readyz": http.StatusServiceUnavailable} {
		if status := get(t, url+path); status != want {
			t.Errorf("%s: got status %d, want %d", path, status, want)
		}
	}
	if status, body := order(t, url, "0199f3c2-7d3b-7c1e"); status != http.StatusServiceUnavailable {
		t.Errorf("order: got status %d, %s, want 503", status, body)
	}
	server.Stop()
}

// listening returns the URL at which the server says it listens.
func listening(server *program.Process) string {
	_, address, _ := strings.Cut(server.Await("listening"), "address=")
	return "http://" + address
}

func order(t *testing.T, url, key string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, url+"/orders", strings.NewReader(`{"customer": "Ada", "cents": 1200}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Idempotency-Key", key)
	return do(t, request)
}

func get(t *testing.T, url string) (status int) {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	status, _ = do(t, request)
	return status
}

func do(t *testing.T, request *http.Request) (status int, body string) {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}
