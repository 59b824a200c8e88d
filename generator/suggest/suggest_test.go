package suggest

import "testing"

func TestNearest(t *testing.T) {
	words := []string{"name", "queue", "max-delay", "max-retries", "timeout"}
	tests := []struct{ word, want string }{
		{"queue", "queue"},
		{"qeue", "queue"},
		{"queeu", "queue"}, // two letters swapped
		{"time-out", "timeout"},
		{"max-retrys", "max-retries"},
		{"maxdelay", "max-delay"},
		{"nam", "name"},
		{"", ""},
		{"x", ""},
		{"priority", ""},
	}
	for _, test := range tests {
		if got := Nearest(test.word, words); got != test.want {
			t.Errorf("%q: got %q, want %q", test.word, got, test.want)
		}
	}
}

// FuzzDistance: it is a distance, and what is suggested is a candidate that is
// near.
func FuzzDistance(f *testing.F) {
	for _, pair := range [][2]string{{"", ""}, {"queue", "qeue"}, {"ab", "ba"}, {"größe", "grosse"}, {"\xff", "a"}} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > 100 || len(b) > 100 {
			return
		}
		d := Distance(a, b)
		if back := Distance(b, a); d != back {
			t.Errorf("%q, %q: got %d one way, %d the other", a, b, d, back)
		}
		if (d == 0) != (a == b) || d > max(len(a), len(b)) || d < max(len(a)-len(b), len(b)-len(a)) {
			t.Errorf("%q, %q: got %d", a, b, d)
		}
		if got := Nearest(a, []string{b}); got != "" && got != b || got == "" && a == b && a != "" {
			t.Errorf("%q of %q: got %q", a, b, got)
		}
		if got := Nearest(a, []string{b, a}); got != a {
			t.Errorf("%q of %q and itself: got %q", a, b, got)
		}
	})
}
