package amqp

import (
	"slices"
	"testing"
)

func TestCarefulStart(t *testing.T) {
	for _, c := range []struct {
		name   string
		wanted int
		counts []int
		want   []int // allowed before the first delivery and after each
	}{
		{"opens after three calm deliveries", 32, []int{0, 2, 1, 0}, []int{1, 2, 3, 32, 32}},
		{"a suspect runs alone", 32, []int{3, 3, 0, 0, 0}, []int{1, 1, 1, 2, 3, 32}},
		{"a suspect among many closes it again", 32, []int{0, 0, 0, 20, 0}, []int{1, 2, 3, 32, 1, 2}},
		{"never more than wanted", 2, []int{0, 0, 0}, []int{1, 2, 2, 2}},
	} {
		var s careful
		got := []int{s.allow(c.wanted)}
		for _, count := range c.counts {
			s.see(count)
			got = append(got, s.allow(c.wanted))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
