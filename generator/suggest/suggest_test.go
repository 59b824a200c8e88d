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
