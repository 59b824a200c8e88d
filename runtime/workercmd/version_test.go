package workercmd

import (
	"bytes"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/runtime/version"
)

// A worker says what it was built from, wants no broker for that, and ends.
func TestVersion(t *testing.T) {
	var out, errs bytes.Buffer
	p := newProcess(surroundings{
		name: "shop-worker", args: []string{"-version"}, getenv: environment{"ACTOR_BROKER": "nonsense"}.get,
		stdout: &out, stderr: &errs,
	})
	code, goesOn := p.start(nil)
	if want := version.Line("shop-worker") + "\n"; goesOn || code != exitDrained || out.String() != want || errs.Len() != 0 {
		t.Errorf("got %q, %q, exit code %d, goes on: %t; want %q, nothing, %d, false", &out, &errs, code, goesOn, want, exitDrained)
	}
	if !strings.HasPrefix(out.String(), "shop-worker ") {
		t.Errorf("got %q, want the worker's name first", &out)
	}
}
