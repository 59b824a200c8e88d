package rabbittest

import "testing"

func TestProxyStrandsOpenConnections(t *testing.T) {
	p, vanished := proxied(t)
	p.Strand()
	send(t, vanished, "lost")
	fresh := connect(t, p)
	receiveNothing(t, vanished)
	if err := vanished.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	receiveNothing(t, vanished) // not even the end
	p.Heal()                    // ends faults, not this
	receiveNothing(t, vanished)
	exchange(t, fresh, "forwarded")
	p.Reset()
	receiveReset(t, vanished)
}
