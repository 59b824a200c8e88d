package shop

import (
	"context"
	"reflect"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

// TestWhatTravels: what is exported, but for what a tag keeps here.
func TestWhatTravels(t *testing.T) {
	sent := Invoice{Number: 7, Lines: []Line{{"ink", 1250}}, Cached: []byte("PDF")}
	m, err := SendInvoice.Message("ada@example.com", sent)
	if err != nil {
		t.Fatal(err)
	}
	want := SendInvoiceArgs{To: "ada@example.com", Invoice: Invoice{Number: 7, Lines: sent.Lines}}
	if args, err := SendInvoice.Args(m); !reflect.DeepEqual(args, want) || err != nil {
		t.Errorf("got %+v, %v, want %+v", args, err, want)
	}
	if m.Actor != "shop.invoice" || m.Queue() != "invoices" {
		t.Errorf("got actor %q on queue %q, want shop.invoice on invoices", m.Actor, m.Queue())
	}
}

// TestTotal has a worker in this process run it.
func TestTotal(t *testing.T) {
	transport := memory.New(memory.Config{})
	defer transport.Close()
	client := actor.NewClient(transport, actor.ClientConfig{})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- actor.NewWorker(client, actor.WorkerConfig{}, Actors()).Run(ctx) }()

	ink, paper := Line{"ink", 1250}, Line{"paper", 400}
	cents, err := Total.Via(client).Call(t.Context(), Invoice{Lines: []Line{ink, paper}}, Invoice{Lines: []Line{ink}})
	if cents != 2900 || err != nil {
		t.Errorf("got %d cents, %v, want 2900", cents, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
