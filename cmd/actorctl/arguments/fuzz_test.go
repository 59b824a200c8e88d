package arguments_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/actorgen/actorgen/cmd/actorctl/arguments/sample"
	"github.com/actorgen/actorgen/runtime/actor"
)

// FuzzDecode: whatever a body holds, it is shown or refused; what is shown is an
// object of JSON; and what that becomes when it is sent is shown the same.
func FuzzDecode(f *testing.F) {
	s := schema(f)
	names := []string{"sample.Count", "sample.Write", "sample.Gather", "sample.Grow", "sample.Rest"}
	message := must[actor.Message](f)
	for i, m := range []actor.Message{
		message(sample.Count.Message(true, sample.Numbers{I: -1, U64: 1 << 63})),
		message(sample.Write.Message(sample.Texts{S: "s", Bytes: []byte{1}})),
		message(sample.Gather.Message(sample.Lists{Names: map[string]int{"a": 1}}, sample.Sparse{S: "s"})),
		message(sample.Grow.Message(&sample.Tree{Left: &sample.Tree{}}, sample.Forest{"a": nil}, []byte{0x92, 1, 0xc0})),
		message(sample.Rest.Message()),
	} {
		f.Add(uint8(i), m.Body)
	}
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		a := s.Actor(names[int(which)%len(names)])
		shown, err := s.Decode(a, body)
		if err != nil {
			return
		}
		if !json.Valid(shown) || shown[0] != '{' {
			t.Fatalf("got %s, want an object", shown)
		}
		again, err := encode(s, a, string(shown))
		if err != nil {
			return // a parameter is missing, as from an older sender, or a year has more than four digits
		}
		twice, err := s.Decode(a, again)
		if err != nil {
			t.Fatalf("%s was written as %x, which is refused: %v", shown, again, err)
		}
		if final, err := encode(s, a, string(twice)); err != nil || !bytes.Equal(final, again) {
			t.Errorf("%s: got\n%x, %v, want\n%x", twice, final, err, again)
		}
	})
}

// FuzzEncode: whatever is typed is sent or refused, and what is sent can be read.
func FuzzEncode(f *testing.F) {
	s := schema(f)
	f.Add(uint8(0), `{"flag":true,"numbers":{"I":-300,"F32":1.1}}`)
	f.Add(uint8(1), `{"texts":{"s":"x","At":"2026-03-01T12:00:00.5Z","For":"1m","IP":"","Sum":"1"}}`)
	f.Add(uint8(2), `{"lists":{"Waits":{"1h":"h"},"Squares":{"-1":1},"Three":[1,2,3]},"more":[{"n":1}]}`)
	f.Add(uint8(3), `{"tree":{"Left":{}},"forest":{"a":null},"raw":[{"a":1.0},{"$msgpack":"c0"}]}`)
	names := []string{"sample.Count", "sample.Write", "sample.Gather", "sample.Grow"}
	f.Fuzz(func(t *testing.T, which uint8, object string) {
		a := s.Actor(names[int(which)%len(names)])
		body, err := encode(s, a, object)
		if err != nil {
			return
		}
		shown, err := s.Decode(a, body)
		if err != nil {
			t.Fatalf("%s was written as %x, which is refused: %v", object, body, err)
		}
		if again, err := encode(s, a, string(shown)); err != nil || !bytes.Equal(again, body) {
			t.Errorf("%s is shown as %s, which is written as\n%x, %v, want\n%x", object, shown, again, err, body)
		}
	})
}
