package lockfile_test

import (
	"bytes"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/actorgen/actorgen/generator/lockfile"
	"github.com/actorgen/actorgen/generator/option"
)

// sample uses every part of the form.
func sample() *lockfile.File {
	basic := func(name string) *lockfile.Type { return &lockfile.Type{Name: name} }
	order := &lockfile.Type{Form: lockfile.Named, Name: "tasks.Order"}
	page := &lockfile.Type{Form: lockfile.Named, Name: "tasks.Page[map[string][4]*b.T,int]"}
	return &lockfile.File{
		Queues: []lockfile.Queue{
			{Name: "a=b", Broker: "default"},
			{Name: "bulk", Broker: "default", MaxLength: 1000, Overflow: "drop-head", DeliveryLimit: 5, DeadLetterTTL: 36 * time.Hour},
			{Name: "bulk", Broker: "events", Type: "classic", MaxPriority: 9, DeadLetterTTL: 1500 * time.Millisecond},
			{Name: `two words, "quoted"`, Broker: "default", Type: "quorum"},
		},
		Actors: []lockfile.Actor{
			{Name: "tasks.Charge", Queue: "bulk", Broker: "events", Result: &lockfile.Type{Form: lockfile.Pointer, Elem: order}, Params: []lockfile.Field{
				{Name: "order", Type: order},
				{Name: "größe", Type: &lockfile.Type{Form: lockfile.Map, Key: basic("uint16"), Elem: &lockfile.Type{Form: lockfile.Slice, Elem: page}}},
			}},
			{Name: "tasks.Ping", Queue: `two words, "quoted"`, Broker: "default"},
			{Name: "tasks.Pong", Queue: "a=b", Broker: "default"},
		},
		Structs: []lockfile.Struct{
			{Label: "tasks.Order", Fields: []lockfile.Field{
				{Name: "two words", Type: basic("time.Duration"), OmitEmpty: true},
				{Name: "\"\n\xff", Type: &lockfile.Type{Form: lockfile.Slice, Elem: basic("byte")}},
				{Name: "hash", Type: &lockfile.Type{Form: lockfile.Array, Len: 32, Elem: basic("byte")}},
				{Name: "at", Type: &lockfile.Type{Form: lockfile.Own, Encoding: "text", Name: "net/netip.Addr"}},
				{Name: "in", Type: &lockfile.Type{Form: lockfile.Literal, Fields: []lockfile.Field{
					{Name: "x;y", Type: &lockfile.Type{Form: lockfile.Literal}, OmitEmpty: true},
					{Name: "a b", Type: &lockfile.Type{Form: lockfile.Own, Encoding: "binary", Name: "example.com/id.Of[int]"}},
					{Name: "z", Type: basic("msgpack.RawMessage")},
				}}},
				{Name: "next", Type: &lockfile.Type{Form: lockfile.Pointer, Elem: order}},
			}},
			{Label: "tasks.Page[map[string][4]*b.T,int]"},
		},
		Types: []lockfile.Definition{
			{Label: "tasks.Forest", Type: &lockfile.Type{Form: lockfile.Slice, Elem: &lockfile.Type{Form: lockfile.Named, Name: "tasks.Tree"}}},
			{Label: "tasks.Tree", Type: &lockfile.Type{Form: lockfile.Map, Key: basic("string"), Elem: &lockfile.Type{Form: lockfile.Named, Name: "tasks.Forest"}}},
		},
	}
}

const golden = "testdata/actors.lock"

// TestForm pins the form: files that users have committed must stay readable.
func TestForm(t *testing.T) {
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := sample().Text(); !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	got, err := lockfile.Read(golden)
	if err != nil {
		t.Fatal(err)
	}
	forget(reflect.ValueOf(got))
	if want := sample(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestTextSorts: equal contracts have equal texts, and writing one leaves it alone.
func TestTextSorts(t *testing.T) {
	f, turned := sample(), sample()
	slices.Reverse(turned.Queues)
	slices.Reverse(turned.Actors)
	slices.Reverse(turned.Structs)
	slices.Reverse(turned.Types)
	if got, want := string(turned.Text()), string(f.Text()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got, want := turned.Actors[0].Name, f.Actors[len(f.Actors)-1].Name; got != want {
		t.Errorf("got first actor %q, want %q as before", got, want)
	}
}

// forget sets every position to zero.
func forget(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			forget(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			forget(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if strings.HasSuffix(v.Type().Field(i).Name, "Pos") {
				v.Field(i).SetZero()
			} else {
				forget(v.Field(i))
			}
		}
	}
}

// TestPositions: what is wrong with a line can be shown where it stands.
func TestPositions(t *testing.T) {
	f, err := lockfile.Parse("dir/actors.lock", []byte("actors.lock version 1\nqueue q\n\nactor a queue=q\n param x s.T\nstruct s.T\n field F int\n"))
	if err != nil {
		t.Fatal(err)
	}
	for want, got := range map[string]string{
		"dir/actors.lock:2": f.Queues[0].Pos.String(),
		"dir/actors.lock:4": f.Actors[0].Pos.String(),
		"dir/actors.lock:5": f.Actors[0].Params[0].Pos.String(),
		"dir/actors.lock:6": f.Structs[0].Pos.String(),
		"dir/actors.lock:7": f.Structs[0].Fields[0].Pos.String(),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestAnyOrder: merges leave lines in another order and with other line ends.
func TestAnyOrder(t *testing.T) {
	text := string(sample().Text())
	head, body, _ := strings.Cut(text, "\n\n")
	blocks := strings.Split(strings.TrimSuffix(body, "\n"), "\n\n")
	for i := range len(blocks) / 2 {
		blocks[i], blocks[len(blocks)-1-i] = blocks[len(blocks)-1-i], blocks[i]
	}
	turned := head + "\n" + strings.Join(blocks, "\n# here\n") + "\n"
	f, err := lockfile.Parse("actors.lock", []byte(strings.ReplaceAll(turned, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(f.Text()); got != text {
		t.Errorf("got\n%s\nwant\n%s", got, text)
	}
}

// TestEveryFrozenKey: a key that the option table calls frozen has a field, and
// is written as it is read.
func TestEveryFrozenKey(t *testing.T) {
	values := map[string]string{"type": "classic", "overflow": "drop-head", "dead-letter-ttl": "1h30m"}
	keys := 0
	for _, o := range option.Table {
		if o.Scope != option.Queue || !o.Frozen {
			continue
		}
		keys++
		value := values[o.Key]
		if value == "" {
			value = "7"
		}
		q := lockfile.Queue{Name: "q"}
		if err := q.Set(o.Key, value); err != nil {
			t.Errorf("%s=%s: %v", o.Key, value, err)
			continue
		}
		if got := q.Settings(); len(got) != 1 || got[0] != (lockfile.Setting{Key: o.Key, Value: value}) {
			t.Errorf("%s=%s: got %v", o.Key, value, got)
		}
		if reflect.DeepEqual(q, lockfile.Queue{Name: "q"}) {
			t.Errorf("%s=%s: got no field that holds it", o.Key, value)
		}
	}
	if keys != 6 {
		t.Errorf("got %d frozen keys, want 6", keys)
	}
}

// TestLight: tools that only need the queues link neither go/types nor what
// writes code.
func TestLight(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	const own = "github.com/actorgen/actorgen/generator/"
	light := []string{own + "lockfile", own + "option", own + "suggest", own + "diagnostic"}
	for path := range strings.FieldsSeq(string(out)) {
		domain, _, _ := strings.Cut(path, "/")
		if path == "go/types" || strings.Contains(domain, ".") && !slices.Contains(light, path) {
			t.Errorf("got dependency %s", path)
		}
	}
}
