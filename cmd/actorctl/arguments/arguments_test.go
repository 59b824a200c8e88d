package arguments_test

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"math/big"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/actorgen/actorgen/cmd/actorctl/arguments"
	"github.com/actorgen/actorgen/cmd/actorctl/arguments/sample"
	"github.com/actorgen/actorgen/generator"
	"github.com/actorgen/actorgen/generator/lockfile"
	"github.com/actorgen/actorgen/runtime/actor"
)

// locked is the contract of this module as actors.lock would have it.
var locked = sync.OnceValues(func() (*lockfile.File, error) {
	result, err := generator.Run(context.Background(), generator.Config{Patterns: []string{"./sample"}})
	if err != nil {
		return nil, err
	}
	if len(result.Diagnostics) > 0 {
		return nil, &lockfile.SyntaxError{Problems: result.Diagnostics}
	}
	return lockfile.Parse(lockfile.Name, result.Contract.Text())
})

func schema(t testing.TB) *arguments.Schema {
	t.Helper()
	lock, err := locked()
	if err != nil {
		t.Fatal(err)
	}
	return arguments.New(lock)
}

// encode returns the body that a schema writes.
func encode(s *arguments.Schema, a *lockfile.Actor, object string) ([]byte, error) {
	e := actor.NewEncoder()
	if err := s.Encode(e, a, json.RawMessage(object)); err != nil {
		return nil, err
	}
	m, err := actor.NewStub(&actor.Definition{Name: a.Name}).Message(e)
	return m.Body, err
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func someURL(t *testing.T) *url.URL { return must[*url.URL](t)(url.Parse("https://example.com/a?b=c")) }

// TestSameBytes: JSON becomes what the generated stub writes for the same
// arguments, and is what the message is shown as.
func TestSameBytes(t *testing.T) {
	message := must[actor.Message](t)
	five := 5
	at := time.Date(2026, 3, 1, 12, 0, 0, 500, time.UTC)
	for name, c := range map[string]struct {
		stub actor.Message
		json string
	}{
		"nothing": {message(sample.Rest.Message()), `{}`},
		"numbers": {
			message(sample.Count.Message(true, sample.Numbers{
				I: -300, I8: -128, I16: math.MinInt16, I32: 1 << 20, I64: math.MinInt64,
				U: 7, U8: 255, U16: 65535, U32: math.MaxUint32, U64: math.MaxUint64, F32: 1.1, F64: -1e300})),
			`{"flag":true,"numbers":{"I":-300,"I8":-128,"I16":-32768,"I32":1048576,"I64":-9223372036854775808,"U":7,"U8":255,` +
				`"U16":65535,"U32":4294967295,"U64":18446744073709551615,"F32":1.1,"F64":-1e+300}}`,
		},
		"no finite numbers": {
			message(sample.Count.Message(false, sample.Numbers{F32: float32(math.Inf(-1)), F64: math.Inf(1)})),
			`{"flag":false,"numbers":{"I":0,"I8":0,"I16":0,"I32":0,"I64":0,"U":0,"U8":0,"U16":0,"U32":0,"U64":0,"F32":"-Inf","F64":"+Inf"}}`,
		},
		"texts": {
			message(sample.Write.Message(sample.Texts{S: "<ü>\n", At: at, For: 90 * time.Second, Bytes: []byte("abc"),
				Fixed: [4]byte{1, 2, 3, 4}, IP: netip.MustParseAddr("10.0.0.1"), URL: someURL(t), Sum: *big.NewInt(-12)})),
			`{"texts":{"s":"<ü>\n","At":"2026-03-01T12:00:00.0000005Z","For":"1m30s","Bytes":"YWJj","Fixed":"AQIDBA==",` +
				`"IP":"CgAAAQ==","URL":"aHR0cHM6Ly9leGFtcGxlLmNvbS9hP2I9Yw==","Sum":"-12"}}`,
		},
		"lists": {
			message(sample.Gather.Message(sample.Lists{
				Words: []string{"a", ""}, Three: [3]int8{-1, 0, 1}, Nested: [][]bool{{true}, nil, {}},
				Names: map[string]int{"b": 1, "a": 2}, Squares: map[int]uint64{10: 100, -9: 81},
				Large: map[uint64]string{math.MaxUint64: "m", 9: "n"}, Waits: map[time.Duration]string{time.Hour: "h", 2: "n"},
			}, sample.Sparse{}, sample.Sparse{S: "s", N: 1, F: .5, B: true, L: []int{1}, M: map[string]string{"k": "v"}, P: &five, At: at, X: []byte{1}})),
			`{"lists":{"Words":["a",""],"Three":[-1,0,1],"Nested":[[true],null,[]],"Names":{"a":2,"b":1},"Squares":{"-9":81,"10":100},` +
				`"Large":{"9":"n","18446744073709551615":"m"},"Waits":{"2ns":"n","1h0m0s":"h"},"Inner":{"A":"","B":""}},` +
				`"more":[{"Last":0},{"s":"s","n":1,"f":0.5,"b":true,"l":[1],"m":{"k":"v"},"p":5,"at":"2026-03-01T12:00:00.0000005Z","x":"AQ==","Last":0}]}`,
		},
		"what contains itself": {
			message(sample.Grow.Message(&sample.Tree{Value: 1, Right: &sample.Tree{Value: 2}},
				sample.Forest{"a": {"b": nil}, "c": {}}, must[[]byte](t)(msgpack.Marshal([]any{"x", 2.0, nil, true})))),
			`{"tree":{"Value":1,"Left":null,"Right":{"Value":2,"Left":null,"Right":null}},"forest":{"a":{"b":null},"c":{}},"raw":["x",2.0,null,true]}`,
		},
		"nil, and what JSON cannot say": {
			message(sample.Grow.Message(nil, nil, msgpack.RawMessage{0x81, 0x01, 0xca, 0, 0, 0, 0})),
			`{"tree":null,"forest":null,"raw":{"$msgpack":"8101ca00000000"}}`,
		},
		"a number in a longer form": {
			message(sample.Grow.Message(nil, nil, msgpack.RawMessage{0x91, 0xcc, 0x05})),
			`{"tree":null,"forest":null,"raw":{"$msgpack":"91cc05"}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := schema(t)
			a := s.Actor(c.stub.Actor)
			if a == nil {
				t.Fatalf("the lock has no actor %q", c.stub.Actor)
			}
			body, err := encode(s, a, c.json)
			if err != nil || !bytes.Equal(body, c.stub.Body) {
				t.Errorf("got\n%x, %v, want\n%x", body, err, c.stub.Body)
			}
			shown, err := s.Decode(a, c.stub.Body)
			if err != nil || string(shown) != c.json {
				t.Errorf("got\n%s, %v, want\n%s", shown, err, c.json)
			}
		})
	}
}

// TestLeftOut: fields that JSON leaves out are zero, and keys may come in any order.
func TestLeftOut(t *testing.T) {
	s := schema(t)
	for want, json := range map[*actor.Message]string{
		new(must[actor.Message](t)(sample.Count.Message(true, sample.Numbers{I: 1}))): ` { "numbers" : { "I" : 1 } , "flag" : true } `,
		new(must[actor.Message](t)(sample.Gather.Message(sample.Lists{}))):            `{"more": null, "lists": {}}`,
		new(must[actor.Message](t)(sample.Gather.Message(sample.Lists{}, sample.Sparse{}))): `{"more": [{"s":"","n":-0.0,"f":0,"b":false,` +
			`"l":[ ],"m":{},"p":null,"at":"0001-01-01T00:00:00Z","x":""}], "lists": {}}`,
		new(must[actor.Message](t)(sample.Grow.Message(&sample.Tree{}, nil, nil))): `{"tree":{},"forest":null,"raw":null}`,
	} {
		body, err := encode(s, s.Actor(want.Actor), json)
		if err != nil || !bytes.Equal(body, want.Body) {
			t.Errorf("%s: got\n%x, %v, want\n%x", json, body, err, want.Body)
		}
	}
}

// TestRefused: every mistake is said with its place and what is wanted.
func TestRefused(t *testing.T) {
	s := schema(t)
	for _, c := range []struct{ actor, json, want string }{
		{"Rest", `[]`, `is no object`},
		{"Rest", `{`, `not valid JSON`},
		{"Rest", "{\"a\":\"\xff\"}", `not valid JSON`},
		{"Rest", `{"a":1}`, `"a" is no parameter of sample.Rest (there are none)`},
		{"Count", `{"flag":true,"flag":true}`, `"flag" stands twice`},
		{"Count", `{"flag":true}`, `argument numbers is missing (type sample.Numbers)`},
		{"Count", `{"falg":true,"numbers":{}}`, `"falg" is no parameter of sample.Count (did you mean flag?)`},
		{"Count", `{"flag":1,"numbers":{}}`, `argument flag: 1 is neither true nor false`},
		{"Count", `{"flag":null,"numbers":{}}`, `argument flag: null is neither`},
		{"Count", `{"flag":true,"numbers":5}`, `argument numbers: 5 is no object`},
		{"Count", `{"flag":true,"numbers":{"I8":128}}`, `argument numbers.I8: 128 is out of range (int8 holds -128 to 127)`},
		{"Count", `{"flag":true,"numbers":{"U16":-1}}`, `argument numbers.U16: -1 is out of range (uint16 holds 0 to 65535)`},
		{"Count", `{"flag":true,"numbers":{"I":1.5}}`, `argument numbers.I: 1.5 is no integer`},
		{"Count", `{"flag":true,"numbers":{"I":"1"}}`, `argument numbers.I: "1" is no integer`},
		{"Count", `{"flag":true,"numbers":{"F32":1e39}}`, `argument numbers.F32: 1e39 is out of range`},
		{"Count", `{"flag":true,"numbers":{"F64":"x"}}`, `argument numbers.F64: "x" is no number`},
		{"Count", `{"flag":true,"numbers":{"I9":1}}`, `argument numbers: "I9" is no field (did you mean I`},
		{"Write", `{"texts":{"IP":"CgAAAQ==","Sum":"1","s":5}}`, `argument texts.s: 5 is no text`},
		{"Write", `{"texts":{}}`, `argument texts.IP: is missing`},
		{"Write", `{"texts":{"IP":"CgAAAQ==","Sum":"1","At":"today"}}`, `argument texts.At: "today" is no time (want one such as`},
		{"Write", `{"texts":{"IP":"CgAAAQ==","Sum":"1","For":30}}`, `argument texts.For: 30 is no duration (want one such as "1m30s")`},
		{"Write", `{"texts":{"IP":"CgAAAQ==","Sum":"1","Bytes":"?"}}`, `argument texts.Bytes: "?" is not base64`},
		{"Write", `{"texts":{"IP":"CgAAAQ==","Sum":"1","Fixed":"AQ=="}}`, `argument texts.Fixed: has 1 bytes (type [4]byte wants 4)`},
		{"Gather", `{"lists":{"Three":[1]},"more":[]}`, `argument lists.Three: has 1 elements (type [3]int8 wants 3)`},
		{"Gather", `{"lists":{"Three":null},"more":[]}`, `argument lists.Three: null is no list`},
		{"Gather", `{"lists":{"Squares":{"x":1}},"more":[]}`, `argument lists.Squares: key x is no integer`},
		{"Gather", `{"lists":{"Squares":{"1":1,"01":1}},"more":[]}`, `argument lists.Squares: key "01" stands twice`},
		{"Gather", `{"lists":{"Names":{"k":"v"}},"more":[]}`, `argument lists.Names[k]: "v" is no integer`},
		{"Gather", `{"lists":{},"more":[{},{"n":"v"}]}`, `argument more[1].n: "v" is no integer`},
		{"Grow", `{"tree":null,"forest":null,"raw":{"$msgpack":"92"}}`, `raw message`},
		{"Grow", `{"tree":null,"forest":null,"raw":{"$msgpack":"xy"}}`, `in hex`},
		{"Grow", `{"tree":` + strings.Repeat(`{"Left":`, 600) + `{}` + strings.Repeat(`}`, 600) + `,"forest":null,"raw":null}`, `nested deeper`},
		{"Grow", `{"tree":` + strings.Repeat(`{"Left":`, 100) + `{}` + strings.Repeat(`}`, 100) + `,"forest":null,"raw":null}`, actor.ErrTooDeep.Error()},
	} {
		_, err := encode(s, s.Actor("sample."+c.actor), c.json)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: got %v, want %q in it", c.actor, c.json, err, c.want)
		}
	}
}

// TestUndecodable: a message that a worker refuses is refused for the same reason.
func TestUndecodable(t *testing.T) {
	s := schema(t)
	good := must[actor.Message](t)(sample.Count.Message(true, sample.Numbers{})).Body
	for _, body := range [][]byte{
		nil, good[:len(good)-1], append(bytes.Clone(good), 0xc0), {0x90}, {0x81, 0xa4, 'f', 'l', 'a', 'g', 0x05},
		{0x82, 0xa4, 'f', 'l', 'a', 'g', 0xc3, 0xa3, 'n', 'u', 'm', 0x05},
		append([]byte{0x82, 0xa4, 'f', 'l', 'a', 'g', 0xc3, 0xa7, 'n', 'u', 'm', 'b', 'e', 'r', 's'}, bytes.Repeat([]byte{0x81, 0xa1, 'I'}, 200)...),
	} {
		_, got := s.Decode(s.Actor("sample.Count"), body)
		_, want := sample.Count.Args(actor.Message{Actor: "sample.Count", Body: body})
		if want == nil || got == nil || got.Error() != want.Error() {
			t.Errorf("%x: got %v, want %v", body, got, want)
		}
	}
}

// TestEndlessTypes: a lock may hold what no Go source can, and ends in an error.
func TestEndlessTypes(t *testing.T) {
	lock, err := lockfile.Parse("lock", []byte("actors.lock version 1\nqueue q\nactor a queue=q\n\tparam p P\ntype P *P\n"+
		"actor b queue=q\n\tparam s S\nstruct S\n\tfield s S\n"))
	if err != nil {
		t.Fatal(err)
	}
	s := arguments.New(lock)
	for name, object := range map[string]string{"a": `{"p":1}`, "b": `{"s":{}}`} {
		if _, err := encode(s, s.Actor(name), object); err == nil {
			t.Errorf("%s: got no error", object)
		}
	}
	if shown, err := s.Decode(s.Actor("a"), []byte{0x81, 0xa1, 'p', 0x01}); err == nil {
		t.Errorf("got %s, want an error", shown)
	}
}

func TestWord(t *testing.T) {
	s := schema(t)
	text := &lockfile.Type{Name: "string"}
	for _, c := range []struct {
		t          *lockfile.Type
		word, want string
	}{
		{text, "5", `"5"`}, {text, `"5"`, `"5"`}, {text, "null", `"null"`}, {text, `a "b"`, `"a \"b\""`},
		{&lockfile.Type{Form: lockfile.Pointer, Elem: text}, "null", `null`},
		{&lockfile.Type{Form: lockfile.Pointer, Elem: text}, "nil", `"nil"`},
		{&lockfile.Type{Name: "time.Duration"}, "5s", `"5s"`},
		{&lockfile.Type{Name: "int"}, "5", `5`}, {&lockfile.Type{Name: "int"}, "five", ``},
		{&lockfile.Type{Form: lockfile.Slice, Elem: text}, `["a"]`, `["a"]`}, {&lockfile.Type{Form: lockfile.Slice, Elem: text}, `a`, ``},
	} {
		got, err := s.Word(c.t, c.word)
		if string(got) != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s %s: got %s, %v, want %s", c.t, c.word, got, err, c.want)
		}
	}
}
