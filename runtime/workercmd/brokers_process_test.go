package workercmd

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// One process works for two brokers. One is lost, and the work for the other
// goes on; at the end the process drains both.
func TestOneProcessWorksForTwoBrokers(t *testing.T) {
	t.Parallel()
	node := rabbittest.MustStart(t, rabbittest.Options{})
	here, there := open(t), openLedger(t, node.URL(), "elsewhere")
	proxy, through := via(t, there.url)
	w := startWorker(t, here.names()+" analytics="+there.names(),
		"-broker", here.url, "-broker", "analytics="+through, "-metrics", "127.0.0.1:0", "-drain-timeout", "5s")
	address := w.address()
	w.says("finished", append(here.send(5, quick), there.send(5, quick)...)...)

	proxy.Refuse()
	proxy.Reset()
	waiting := there.send(5, quick)
	w.says("finished", here.send(5, quick)...)
	w.alive(address)
	if ran := w.said("started"); ran[waiting[0]] > 0 {
		t.Errorf("got %s run while its broker was away, want it left there", waiting[0])
	}
	if err := proxy.Restore(); err != nil {
		t.Fatal(err)
	}
	w.says("finished", waiting...)

	long := append(here.send(1, brief), there.send(1, brief)...)
	w.says("started", long...)
	w.signal(syscall.SIGTERM)
	eventually(t, "both are draining", func() bool {
		_, body, err := get("http://" + address + "/readyz")
		return err == nil && strings.Count(body, actor.Draining.String()) == 2
	})
	w.release()
	w.endsAfter(5*time.Second, exitDrained)
	here.foreign, there.foreign = there.sent, here.sent
	here.settleOnce(w)
	there.settleOnce(w)
}

// A broker that is away when the process starts holds up nobody else's tasks.
func TestBrokersDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	here, there := open(t), openLedger(t, rabbittest.URL(t), "elsewhere")
	proxy, through := via(t, there.url)
	proxy.Refuse()
	w := startWorker(t, here.names()+" analytics="+there.names(),
		"-broker", here.url, "-broker", "analytics="+through, "-metrics", "127.0.0.1:0")
	address := w.address()
	waiting := there.send(5, quick)
	w.says("finished", here.send(5, quick)...)
	w.reaches(address, "connecting")
	if err := proxy.Restore(); err != nil {
		t.Fatal(err)
	}
	w.says("finished", waiting...)
	w.signal(syscall.SIGTERM)
	w.exits(exitDrained)
	here.foreign, there.foreign = there.sent, here.sent
	here.settleOnce(w)
	there.settleOnce(w)
}
