package amqp

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
)

func TestLedgerAcknowledgesAPrefixAtOnce(t *testing.T) {
	var l ledger
	for _, tag := range []uint64{2, 1, 3, 5} {
		mustSettle(t, &l, tag, acked, false)
	}
	f := l.take(false)
	if f.upTo != 3 || len(f.singles) != 0 {
		t.Errorf("first flush: got up to %d and singles %v, want up to 3 alone", f.upTo, f.singles)
	}
	f = l.take(true)
	if f.upTo != 0 || !slices.Equal(f.singles, []uint64{5}) {
		t.Errorf("flush of all: got up to %d and singles %v, want single 5", f.upTo, f.singles)
	}
	mustSettle(t, &l, 4, acked, false)
	f = l.take(false)
	if f.upTo != 4 { // not 5, which the broker no longer knows
		t.Errorf("flush after the gap closed: got up to %d, want 4", f.upTo)
	}
}

func TestLedgerHandsBackBeforeItAcknowledges(t *testing.T) {
	var l ledger
	mustSettle(t, &l, 1, acked, false)
	mustSettle(t, &l, 2, requeued, false)
	mustSettle(t, &l, 3, acked, false)
	f := l.take(false)
	if !slices.Equal(f.nacks, []uint64{2}) || f.upTo != 3 {
		t.Errorf("flush: got nacks %v and up to %d, want 2 and up to 3", f.nacks, f.upTo)
	}
}

func TestLedgerSharesABarrier(t *testing.T) {
	var l ledger
	first := mustSettle(t, &l, 1, acked, true)
	second := mustSettle(t, &l, 3, acked, true)
	if first != second {
		t.Error("two who wait: got two barriers, want one")
	}
	f := l.take(false)
	if f.barrier != first || f.upTo != 1 || !slices.Equal(f.singles, []uint64{3}) {
		t.Errorf("flush with a barrier: got up to %d and singles %v, want everything", f.upTo, f.singles)
	}
	third := mustSettle(t, &l, 2, acked, true)
	if third == first {
		t.Error("who settles after the flush: got the old barrier, want a new one")
	}
	l.close()
	<-third.done
	if !errors.Is(third.err, actor.ErrConnectionLost) {
		t.Errorf("barrier at the end of the session: got %v, want ErrConnectionLost", third.err)
	}
	if _, _, err := l.settle(4, acked, true); !errors.Is(err, actor.ErrConnectionLost) {
		t.Errorf("settle after the end: got %v, want ErrConnectionLost", err)
	}
}

// A flush is asked for with the first acknowledgement, with many, and when what
// had to wait behind an unfinished delivery can go out at last.
func TestLedgerAsksForAFlush(t *testing.T) {
	var l ledger
	settle := func(from, to uint64) (urgent []uint64) {
		for tag := from; tag <= to; tag++ {
			_, now, err := l.settle(tag, acked, false)
			if err != nil {
				t.Fatal(err)
			}
			if now {
				urgent = append(urgent, tag)
			}
		}
		return urgent
	}
	if got, want := settle(2, 100), []uint64{2, ackCount + 1}; !slices.Equal(got, want) { // 1 is unfinished
		t.Errorf("first acknowledgements: got a flush asked for by %v, want %v", got, want)
	}
	if f := l.take(false); f.upTo != 0 || len(f.singles) != 0 {
		t.Errorf("flush behind an unfinished delivery: got up to %d and singles %v, want none", f.upTo, f.singles)
	}
	if got, want := settle(101, 200), []uint64{100 + ackCount}; !slices.Equal(got, want) {
		t.Errorf("those after a flush that left some: got a flush asked for by %v, want %v", got, want)
	}
	l.take(false)
	if got, want := settle(1, 1), []uint64{1}; !slices.Equal(got, want) {
		t.Errorf("the unfinished one: got a flush asked for by %v, want %v", got, want)
	}
	if f := l.take(false); f.upTo != 200 || len(f.singles) != 0 {
		t.Errorf("last flush: got up to %d and singles %v, want up to 200 alone", f.upTo, f.singles)
	}
}

// TestLedgerAgainstABroker settles in random order and keeps the broker's
// books: every tag exactly once, no multiple over an unfinished delivery, none
// that names a tag the broker no longer knows.
func TestLedgerAgainstABroker(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		const n = 200
		var l ledger
		wish := make(map[uint64]mark)
		told := make(map[uint64]mark)
		apply := func(f flush) {
			for _, tag := range f.nacks {
				tell(t, told, tag, requeued)
			}
			if f.upTo != 0 {
				if told[f.upTo] != unsettled {
					t.Fatalf("multiple names tag %d, which was settled before", f.upTo)
				}
				for tag := uint64(1); tag <= f.upTo; tag++ {
					if told[tag] == unsettled {
						tell(t, told, tag, acked)
					}
				}
			}
			for _, tag := range f.singles {
				tell(t, told, tag, acked)
			}
			for tag, m := range told {
				if wish[tag] != m {
					t.Fatalf("tag %d: told the broker %d, wanted %d", tag, m, wish[tag])
				}
			}
		}
		for _, i := range random.Perm(n) {
			tag, m := uint64(i+1), acked
			if random.IntN(5) == 0 {
				m = requeued
			}
			wish[tag] = m
			mustSettle(t, &l, tag, m, false)
			if random.IntN(4) == 0 {
				apply(l.take(random.IntN(2) == 0))
			}
		}
		apply(l.take(true))
		if len(told) != n {
			t.Fatalf("settled: told the broker of %d deliveries, want %d", len(told), n)
		}
	}
}

func tell(t *testing.T, told map[uint64]mark, tag uint64, m mark) {
	t.Helper()
	if told[tag] != unsettled {
		t.Fatalf("tag %d: told the broker twice", tag)
	}
	told[tag] = m
}

func mustSettle(t *testing.T, l *ledger, tag uint64, m mark, wait bool) *barrier {
	t.Helper()
	b, _, err := l.settle(tag, m, wait)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
