package rabbittest

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"
)

// openTimeout bounds everything that Open may do for a test, installing a
// package among it.
const openTimeout = 5 * time.Minute

// shared is the broker of this test process.
var shared struct {
	sync.Mutex
	opened bool
	broker *Broker
	err    error
}

// URL returns the URL of the broker that all tests of the process share; the
// first call opens it as [Open] says and takes some seconds for that. Tests
// keep apart by [Prefix]. If there is no broker, the test fails.
func URL(t testing.TB) string {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if !shared.opened {
		ctx, cancel := context.WithTimeout(context.Background(), openTimeout)
		defer cancel()
		shared.broker, shared.err = Open(ctx)
		shared.opened = true
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.broker.URL
}

// Prefix returns a queue prefix that no other test, process or earlier run
// uses.
func Prefix(testing.TB) string { return "t" + rand.Text()[:12] + "." }

// Run runs the tests, closes the shared broker, and returns the exit code, for
// use in TestMain. Without it the broker ends a moment after the process.
func Run(m *testing.M) int {
	code := m.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.broker == nil {
		return code
	}
	if err := shared.broker.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "rabbittest:", err)
		code = max(code, 1)
	}
	return code
}
