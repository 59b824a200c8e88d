package rabbittest

import (
	"strings"
	"testing"
)

// The server, its tool, its files and the environment agree on what it is.
func testRelease(t *testing.T, n *Node) {
	said, _ := dial(t, n.URL()).Properties["version"].(string)
	if said == "" || n.version != said {
		t.Errorf("got version %q, want the %q that the server says it is", n.version, said)
	}
	ctl, err := n.Ctl(t.Context(), "version")
	if err != nil || strings.TrimSpace(ctl) != said {
		t.Errorf("rabbitmqctl version: got %q, %v, want %q", ctl, err, said)
	}
	if found, err := n.installation.version(); err != nil || found != said {
		t.Errorf("version of the files: got %q, %v, want %q", found, err, said)
	}
	r, err := wanted()
	if err != nil || !r.includes(said) {
		t.Errorf("got %s, want %s (%v)", said, r, err)
	}
}

func TestReleases(t *testing.T) {
	for _, test := range []struct {
		release release
		version string
		want    bool
	}{
		{machines, "3.10.8", true},
		{machines, "", true},
		{four, "4.0.5", true},
		{four, "3.10.8", false},
		{four, "40.1.0", false},
		{four, "", false},
	} {
		if got := test.release.includes(test.version); got != test.want {
			t.Errorf("%q includes %q: got %v, want %v", string(test.release), test.version, got, test.want)
		}
	}
}

func TestUnknownReleaseIsAnError(t *testing.T) {
	t.Setenv(ReleaseVariable, "3")
	_, fromOpen := Open(t.Context())
	_, fromStart := Start(t.Context(), Options{})
	_, fromVersion := Version(t.Context())
	for _, err := range []error{fromOpen, fromStart, fromVersion} {
		if err == nil || !strings.Contains(err.Error(), ReleaseVariable) || !strings.Contains(err.Error(), `"3"`) {
			t.Errorf("got %v, want an error that names %s and its value", err, ReleaseVariable)
		}
	}
}

// A test that is asked to meet a release must not pass on another.
func TestBrokerOfAnotherReleaseIsRefused(t *testing.T) {
	url := URL(t)
	_, err := reuse(t.Context(), url, "5")
	if err == nil || !strings.Contains(err.Error(), "RabbitMQ 5") || !strings.Contains(err.Error(), shared.broker.Version) {
		t.Errorf("got %v, want an error that names both versions", err)
	}
	if b, err := reuse(t.Context(), url, machines); err != nil || b.Version != shared.broker.Version {
		t.Errorf("any release: got %v, %v", b, err)
	}
}
