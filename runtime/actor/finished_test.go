package actor

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// session is a settlement that tells whether its session has ended.
type session chan struct{}

func (s session) Ack(bool) error        { return nil }
func (s session) Requeue()              {}
func (s session) SetAside()             {}
func (s session) Lost() <-chan struct{} { return s }

func runOf(id string, change func(*Delivery)) *run {
	d := &Delivery{ID: id, Sent: time.Unix(1_000_000_000, 0), Settlement: session(make(chan struct{}))}
	change(d)
	return &run{delivery: d, settlement: d.Settlement}
}

func redelivered(d *Delivery) { d.Redelivered, d.DeliveryCount = true, 1 }

func TestFinishedKnowsOnlyTheSameMessage(t *testing.T) {
	tests := []struct {
		name   string
		before func(*Delivery)
		again  func(*Delivery)
		want   beginning
	}{
		{"redelivered", func(*Delivery) {}, redelivered, alreadyFinished},
		{"by a broker that does not count", func(*Delivery) {}, func(d *Delivery) { d.Redelivered = true }, alreadyFinished},
		{"not redelivered", func(*Delivery) {}, func(*Delivery) {}, start},
		{"another ID", func(*Delivery) {}, func(d *Delivery) { redelivered(d); d.ID = "other" }, start},
		{"another actor", func(*Delivery) {}, func(d *Delivery) { redelivered(d); d.Actor = "other" }, start},
		{"the retry", func(*Delivery) {}, func(d *Delivery) { redelivered(d); d.Attempt = 1 }, start},
		{"the next leg", func(d *Delivery) { d.Remaining = time.Hour }, redelivered, start},
		{"sent at another time", func(*Delivery) {}, func(d *Delivery) { redelivered(d); d.Sent = d.Sent.Add(time.Second) }, start},
		{"counted less often", func(d *Delivery) { d.DeliveryCount = 5 }, redelivered, start},
		{"without an ID", func(d *Delivery) { d.ID = "" }, func(d *Delivery) { redelivered(d); d.ID = "" }, start},
		{"without a time", func(d *Delivery) { d.Sent = time.Time{} }, func(d *Delivery) { redelivered(d); d.Sent = time.Time{} }, start},
	}
	for _, test := range tests {
		var f finished
		first := runOf("id", test.before)
		f.begin(first)
		f.finish(first)
		if got := f.begin(runOf("id", test.again)); got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, got, test.want)
		}
		if f.running != nil && f.running.next != f.running {
			t.Errorf("%s: got several runs under way, want one at most", test.name)
		}
	}
}

func TestFinishedServesOnce(t *testing.T) {
	var f finished
	first := runOf("id", func(*Delivery) {})
	f.begin(first)
	f.finish(first)
	for i, want := range []beginning{alreadyFinished, start} {
		if got := f.begin(runOf("id", redelivered)); got != want {
			t.Errorf("redelivery %d: got %d, want %d", i, got, want)
		}
	}
}

func TestFinishedForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f finished
		finish := func(id string) {
			r := runOf(id, func(*Delivery) {})
			f.begin(r)
			f.finish(r)
		}
		for i := range finishedLimit + 10 {
			finish(fmt.Sprint(i))
		}
		if len(f.past) != finishedLimit {
			t.Fatalf("got %d remembered, want at most %d", len(f.past), finishedLimit)
		}
		for id, want := range map[string]beginning{"9": start, "10": alreadyFinished, fmt.Sprint(finishedLimit + 9): alreadyFinished} {
			if got := f.begin(runOf(id, redelivered)); got != want {
				t.Errorf("run %s of %d: got %d, want %d", id, finishedLimit+10, got, want)
			}
		}
		time.Sleep(finishedAge)
		if got := f.begin(runOf("11", redelivered)); got != start {
			t.Errorf("after %s: got %d, want it forgotten", finishedAge, got)
		}
	})
}

// A run takes over the redelivery of its own message, and only that: a second
// message that looks the same is settled by a run of its own.
func TestFinishedJoinsARunUnderWay(t *testing.T) {
	var f finished
	first := runOf("id", func(*Delivery) {})
	f.begin(first)
	second := runOf("id", redelivered)
	if got := f.begin(second); got != start {
		t.Errorf("redelivered while the session lives: got %d, want a run of its own", got)
	}
	close(first.settlement.(session))
	again := runOf("id", redelivered)
	if got := f.begin(again); got != stillRunning {
		t.Fatalf("redelivered after the session: got %d, want it joined", got)
	}
	if f.abandonLost(first) {
		t.Error("a run that was joined: got it given up, want it to go on")
	}
	if got := f.finish(first); got != again.settlement {
		t.Error("settles its old delivery, want the new one")
	}
	if f.running != second {
		t.Error("got the second run forgotten with the first")
	}
	f.finish(second)
	if f.running != nil {
		t.Error("got runs under way, want none")
	}
}
