// Package roundtrip is what the tests of the golden cases share.
package roundtrip

import (
	"bytes"
	"context"
	"log/slog"
	"math/rand"
	"reflect"
	"testing"
	"testing/quick"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
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

// Same encodes each of the values, which are the arguments of an actor, by its
// method Message and decodes them by its method Args.
func Same[A any](t *testing.T, message any, args func(actor.Message) (A, error), values ...A) {
	t.Helper()
	encode := reflect.ValueOf(message)
	for _, want := range values {
		encoded := pass(encode, fields(want))
		err, _ := encoded[1].Interface().(error)
		Check(t, encoded[0].Interface().(actor.Message), err, args, want)
	}
}

// pass calls a function, whose variadic argument is given as a slice.
func pass(f reflect.Value, arguments []reflect.Value) []reflect.Value {
	if f.Type().IsVariadic() {
		return f.CallSlice(arguments)
	}
	return f.Call(arguments)
}

func fields(of any) []reflect.Value {
	v := reflect.ValueOf(of)
	list := make([]reflect.Value, v.NumField())
	for i := range list {
		list[i] = v.Field(i)
	}
	return list
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
		encoded := pass(encode, values)
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

// Serve runs a worker for the table until the test ends and returns the client
// that reaches it.
func Serve(t *testing.T, table actor.Table) *actor.Client {
	t.Helper()
	transport := memory.New(memory.Config{})
	client := actor.NewClient(transport, actor.ClientConfig{})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	w := actor.NewWorker(client, actor.WorkerConfig{Logger: slog.New(slog.DiscardHandler)}, table)
	go func() { ended <- w.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("worker: %v", err)
		}
		transport.Close()
	})
	return client
}

// Result checks what a call has returned.
func Result[T any](t *testing.T, want T, call func() (T, error)) {
	t.Helper()
	if got, err := call(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v (%v), want %+v", got, err, want)
	}
}

// RandomCall calls the method Call of a stub, whose function returns its first
// parameter, with random values, but for those that make a message too large. The
// method Message tells.
func RandomCall(t *testing.T, name string, message, call any) {
	t.Helper()
	const large = 1 << 19
	encode, f := reflect.ValueOf(message), reflect.ValueOf(call)
	random := rand.New(rand.NewSource(2))
	calls := 0
	for range 20 {
		values := []reflect.Value{reflect.ValueOf(context.Background())}
		for i := 1; i < f.Type().NumIn(); i++ {
			v, ok := quick.Value(f.Type().In(i), random)
			if !ok {
				t.Fatalf("%s: no random %s", name, f.Type().In(i))
			}
			values = append(values, v)
		}
		if m := pass(encode, values[1:])[0].Interface().(actor.Message); len(m.Body) > large {
			continue
		}
		calls++
		got := pass(f, values)
		if err := got[1].Interface(); err != nil {
			t.Fatalf("%s: call: %v", name, err)
		}
		if got, want := got[0].Interface(), values[1].Interface(); !reflect.DeepEqual(got, want) {
			t.Fatalf("%s: got %+v, want %+v", name, got, want)
		}
	}
	if calls == 0 {
		t.Fatalf("%s: got no message that is small enough", name)
	}
}
