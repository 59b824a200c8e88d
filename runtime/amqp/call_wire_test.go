package amqp

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// TestCallWireFixtures: what goes over the wire for a call is part of the wire
// contract, like every message.
func TestCallWireFixtures(t *testing.T) {
	const address = "amq.rabbitmq.reply-to.g2dk.a2V5"
	request := wireEnvelope()
	request.Deadline = wireTime.Add(time.Minute)
	asked, err := newParcel(request, "app", wireTime)
	if err != nil {
		t.Fatal(err)
	}
	asked.wantReply()
	parcels := map[string]*parcel{"request": asked}
	for name, r := range map[string]*actor.Reply{
		"reply":   {ID: "0190", Actor: "mail.Send", Body: []byte("\x07")},
		"failure": {ID: "0190", Actor: "mail.Send", Failed: true},
	} {
		if parcels[name], err = newReply(address, r, "app", wireTime); err != nil {
			t.Fatal(err)
		}
	}
	for name, q := range parcels {
		want, err := os.ReadFile(filepath.Join("..", "..", "testdata", "wire", "amqp", name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		got := describe(q.exchange, q.key, q.msg) + fmt.Sprintf("reply_to %q\ncorrelation_id %q\n", q.msg.ReplyTo, q.msg.CorrelationId)
		if got != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestReceivedRequest(t *testing.T) {
	request := wireEnvelope()
	request.Deadline = wireTime.Add(time.Minute)
	_, _, p, err := publishing(request, "app", wireTime)
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{
		"amq.rabbitmq.reply-to.g1h2AA9yZXBseUA=.XzuCMb21eRFZiiwBbIZmmA==": true,
		"amq.rabbitmq.reply-to": false, "amq.rabbitmq.reply-to.": false, "amq.rabbitmq.reply-to.a": false,
		"amq.rabbitmq.reply-to.a.": false, "amq.rabbitmq.reply-to..b": false, "amq.rabbitmq.reply-to.a.b.c": false,
		"amq.rabbitmq.reply-to.a.b c": false, "orders": false, "": false,
	} {
		in := received(p)
		in.ReplyTo = address
		d := translated(in, wireTime)
		if (d.ReplyTo == address) != (want || address == "") || d.ReplyTo != "" && !want {
			t.Errorf("request from %q: got an address for the reply %q, want one: %t", address, d.ReplyTo, want)
		}
		if !d.Deadline.Equal(request.Deadline) {
			t.Errorf("got deadline %s, want %s", d.Deadline, request.Deadline)
		}
	}
}
