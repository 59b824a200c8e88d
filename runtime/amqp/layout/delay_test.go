package layout

import (
	"testing"
	"time"
)

func TestLevels(t *testing.T) {
	for _, c := range []struct {
		maxDelay time.Duration
		want     int
	}{
		{0, 0},
		{249 * time.Millisecond, 0},
		{250 * time.Millisecond, 1},
		{500 * time.Millisecond, 2},
		{750 * time.Millisecond, 2},
		{time.Second, 3},
		{time.Minute, 8},
		{time.Hour, 14},
		{168 * time.Hour, 22},
		{2 * 365 * 24 * time.Hour, MostLevels},
	} {
		if got := Levels(c.maxDelay); got != c.want {
			t.Errorf("Levels(%s): got %d, want %d", c.maxDelay, got, c.want)
		}
	}
}
