package emit_test

import (
	"bytes"
	"testing"

	"github.com/actorgen/actorgen/generator/contract"
	"github.com/actorgen/actorgen/generator/lockfile"
)

// checkContract: what is locked of any legal signature is read as it was written,
// and is not broken by the source that it comes from.
func checkContract(t *testing.T, source *lockfile.File) {
	t.Helper()
	text := source.Text()
	locked, err := lockfile.Parse(lockfile.Name, text)
	if err != nil {
		t.Errorf("%v in\n%s", err, text)
		return
	}
	if again := locked.Text(); !bytes.Equal(again, text) {
		t.Errorf("got\n%s\nwant\n%s", again, text)
	}
	for _, b := range contract.Breaches(locked, source) {
		t.Error(b.Diagnostic())
	}
	for _, a := range source.Actors {
		if !a.Pos.IsValid() || a.Result != nil && !a.ResultPos.IsValid() {
			t.Errorf("got no position of actor %q", a.Name)
		}
		for _, p := range a.Params {
			if !p.Pos.IsValid() {
				t.Errorf("got no position of parameter %q of actor %q", p.Name, a.Name)
			}
		}
	}
	for _, s := range source.Structs {
		for _, f := range s.Fields {
			if !f.Pos.IsValid() {
				t.Errorf("got no position of field %q of %s", f.Name, s.Label)
			}
		}
	}
}
