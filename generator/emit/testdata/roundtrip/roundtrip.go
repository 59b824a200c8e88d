// Package roundtrip is what the tests of the golden cases share.
package roundtrip

import (
	"bytes"
	"context"
	"math/rand"
	"reflect"
	"testing"
	"testing/quick"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Check decodes what a stub has just encoded.
func Check[A any](t *testing.T, m actor.Message, err error, args func(actor.Message) (A, error), want A) {
	t.Helper()
	if err != nil {
		t.Errorf("encode: %v", err)
		return
	}
	if got, err := args(m); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v (%v), want %+v", got, err, want)
	}
}

// Run runs messages by the table.
func Run(t *testing.T, table actor.Table, messages ...actor.Message) {
	t.Helper()
	for _, m := range messages {
		runs := 0
		for _, entry := range table {
			if entry.Definition.Name != m.Actor {
				continue
			}
			runs++
			task, err := entry.Bind(m)
			if err != nil {
				t.Fatal(err)
			}
			if err := task(context.Background()); err != nil {
				t.Errorf("%s: %v", m.Actor, err)
			}
		}
		if runs != 1 {
			t.Errorf("%s: got %d entries of the table, want 1", m.Actor, runs)
		}
	}
}

// Keys returns the keys of a message in their order.
func Keys(m actor.Message) ([]string, error) {
	d := msgpack.NewDecoder(bytes.NewReader(m.Body))
	n, err := d.DecodeMapLen()
	if err != nil {
		return nil, err
	}
	var keys []string
	for range n {
		key, err := d.DecodeString()
		if err != nil {
			return nil, err
		}
		if err := d.Skip(); err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// Random calls the methods Message and Args of a stub with random values.
func Random(t *testing.T, name string, message, args any) {
	t.Helper()
	encode, decode := reflect.ValueOf(message), reflect.ValueOf(args)
	random := rand.New(rand.NewSource(1))
	for range 50 {
		values := make([]reflect.Value, encode.Type().NumIn())
		for i := range values {
			v, ok := quick.Value(encode.Type().In(i), random)
			if !ok {
				t.Fatalf("%s: no random %s", name, encode.Type().In(i))
			}
			values[i] = v
		}
		encoded := encode.Call(values)
		if err := encoded[1].Interface(); err != nil {
			t.Fatalf("%s: encode: %v", name, err)
		}
		decoded := decode.Call(encoded[:1])
		if err := decoded[1].Interface(); err != nil {
			t.Fatalf("%s: decode: %v", name, err)
		}
		for i, want := range values {
			if got := decoded[0].Field(i).Interface(); !reflect.DeepEqual(got, want.Interface()) {
				t.Fatalf("%s: parameter %d: got %+v, want %+v", name, i, got, want)
			}
		}
	}
}
