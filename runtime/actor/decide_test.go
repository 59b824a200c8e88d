package actor

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestDecide(t *testing.T) {
	failed := errors.New("boom")
	policy := resolvedWork{maxRetries: 2, minBackoff: time.Second, maxBackoff: time.Hour}
	tests := []struct {
		name    string
		attempt int
		err     error
		want    verdictKind
		delay   time.Duration
	}{
		{"success", 0, nil, done, 0},
		{"success on the last run", 2, nil, done, 0},
		{"first failure", 0, failed, retry, time.Second},
		{"second failure", 1, failed, retry, 2 * time.Second},
		{"no retries left", 2, failed, deadLetter, 0},
		{"attempt of another policy", 9, failed, deadLetter, 0},
		{"rejected", 0, Reject(failed), deadLetter, 0},
		{"rejected inside", 0, fmt.Errorf("charge: %w", Reject(failed)), deadLetter, 0},
		{"retry after", 0, RetryAfter(time.Minute, failed), retry, time.Minute},
		{"retry after nothing", 0, RetryAfter(-time.Minute, failed), retry, 0},
		{"retry after without retries left", 2, RetryAfter(time.Minute, failed), deadLetter, 0},
		{"shutdown", 2, errHandBack, handBack, 0},
	}
	for _, test := range tests {
		got := decide(&policy, test.attempt, test.err, 0)
		if got.kind != test.want || got.delay != test.delay {
			t.Errorf("%s: got %s after %s, want %s after %s", test.name, got.kind, got.delay, test.want, test.delay)
		}
		if (got.kind == retry || got.kind == deadLetter) && got.err == nil {
			t.Errorf("%s: got no reason, want the error", test.name)
		}
	}
}
