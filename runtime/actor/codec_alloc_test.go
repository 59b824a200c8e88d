//go:build !race

package actor

import "testing"

// The race detector makes pools forget, so allocations are counted without it.

func TestEncodeAllocations(t *testing.T) {
	stringMessage("warm up")
	if got := testing.AllocsPerRun(100, func() { stringMessage("ada@example.com") }); got > 2 {
		t.Errorf("a message with one string takes %v allocations, want at most 2", got)
	}
}

func TestDecodeAllocations(t *testing.T) {
	m, err := stringMessage("ada@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if got := testing.AllocsPerRun(100, func() { stringArgs(m) }); got > 2 { // the decoder and the string
		t.Errorf("a message with one string takes %v allocations, want at most 2", got)
	}
}
