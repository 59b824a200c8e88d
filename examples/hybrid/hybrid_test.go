package hybrid_test

import (
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/examples/internal/program"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestMain(m *testing.M) { os.Exit(rabbittest.Run(m)) }

// TestPaymentsGoOnWithoutAnalytics: the analytics broker is away when both programs
// start, comes, and goes again.
func TestPaymentsGoOnWithoutAnalytics(t *testing.T) {
	payments := rabbittest.URL(t)
	u, err := url.Parse(payments)
	if err != nil {
		t.Fatal(err)
	}
	proxy := rabbittest.NewProxy(t, u.Host)
	analytics, err := proxy.URL(payments)
	if err != nil {
		t.Fatal(err)
	}
	proxy.Refuse()

	worker := program.Start(t, program.Build(t, "./worker"), nil, "-broker", "default="+payments, "-broker", "analytics="+analytics)
	shop := program.Start(t, program.Build(t, "./shop"), nil, "-payments", payments, "-analytics", analytics, "-interval", "50ms")
	shop.Await("click dropped")
	worker.Await("payment " + queued(shop))

	if err := proxy.Restore(); err != nil {
		t.Fatal(err)
	}
	worker.Await("click /pay")

	proxy.Refuse()
	proxy.Reset()
	shop.Skip()
	shop.Await("click dropped")
	worker.Await("payment " + queued(shop))

	shop.Stop()
	worker.Stop()
}

// queued returns the payment that the shop queues next.
func queued(shop *program.Process) string {
	_, payment, _ := strings.Cut(shop.Await("payment queued: "), ": ")
	return payment
}
