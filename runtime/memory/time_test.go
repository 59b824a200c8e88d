package memory_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

func TestDelaysAreExact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := open(t, memory.Config{})
		c := consume(t, transport, mails(), 10)
		start := time.Now()
		long, short := envelope(mails()), envelope(mails())
		long.Delay, short.Delay = 167*time.Hour, 3*time.Hour+time.Nanosecond
		publish(t, transport, long, short)
		for _, e := range []actor.Envelope{short, long} {
			d := receive(t, c)
			if got := time.Since(start); d.ID != e.ID || got != e.Delay {
				t.Errorf("got %q after %s, want %q after %s", d.ID, got, e.ID, e.Delay)
			}
		}
	})
}

func TestDelaysEndWhileNobodyIsConnected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broker := memory.NewBroker()
		sender := open(t, memory.Config{Broker: broker})
		e := envelope(mails())
		e.Delay = time.Hour
		publish(t, sender, e)
		closeTransport(t, sender)
		time.Sleep(2 * time.Hour)
		start := time.Now()
		receive(t, consume(t, open(t, memory.Config{Broker: broker}), mails(), 1))
		if waited := time.Since(start); waited != 0 {
			t.Errorf("got the message after another %s, want at once", waited)
		}
	})
}

func TestDeadLettersExpireExactly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport, q := open(t, memory.Config{}), mails()
		q.DeadLetterTTL = time.Hour
		e := envelope(q)
		e.DeadLetter = true
		publish(t, transport, e)
		time.Sleep(time.Hour - time.Nanosecond)
		c := consumeDead(t, transport, q, 1)
		d := receive(t, c)
		time.Sleep(time.Nanosecond)
		// An expired message that was delivered is gone when it comes back.
		d.Settlement.Requeue()
		nothing(t, c)
	})
}

func TestExpiredDeadLettersMakeRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport, q := open(t, memory.Config{MaxBytes: 10_000}), mails()
		q.DeadLetterTTL = time.Hour
		for range 3 {
			e := envelope(q)
			e.Body, e.DeadLetter = make([]byte, 6_000), true
			publish(t, transport, e)
			time.Sleep(q.DeadLetterTTL)
			synctest.Wait()
		}
	})
}
