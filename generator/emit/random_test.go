package emit_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/generator/model"
)

var (
	randomSeed   = flag.Uint64("random.seed", 2, "the first seed of the random signatures")
	randomRounds = flag.Int("random.rounds", 1, "how many seeds of them to try")
)

// TestRandomSignatures generates, compiles and round-trips signatures that
// nobody thought of. A failure can be looked at again by its seed.
func TestRandomSignatures(t *testing.T) {
	for seed := *randomSeed; seed < *randomSeed+uint64(*randomRounds); seed++ {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) { randomSignatures(t, seed) })
	}
}

func randomSignatures(t *testing.T, seed uint64) {
	const name, actors = "random", 40
	source := newRandomSource(seed, module+"/"+name)
	for range actors {
		source.actor()
	}
	dir := t.TempDir()
	writeModule(t, dir)
	source.write(t, dir)
	output := generate(t, dir)[name]

	source.shuffle()
	source.write(t, dir)
	if again := generate(t, dir)[name]; !bytes.Equal(again, output) {
		line, got, want := firstDifference(again, output)
		t.Errorf("with the declarations in another order: line %d: got %s, want %s", line, got, want)
	}

	write(t, filepath.Join(dir, name, model.FileName), output)
	write(t, filepath.Join(dir, "checks", "checks_test.go"), []byte(
		"package checks\n\nimport (\n\t\"testing\"\n\n\t\""+module+"/"+name+"\"\n\t\""+module+"/roundtrip\"\n)\n\n"+
			"func Test(t *testing.T) {\n\tclient := roundtrip.Serve(t, random.Actors("+randomReceivers+"))\n"+source.checks.String()+"}\n"))
	goTool(t, dir, "vet", "./...")
	goTool(t, dir, "test", "-timeout=60s", "./checks")
	if t.Failed() {
		t.Logf("seed %d gives\n%s", seed, source)
	}
}

// randomReceivers are the arguments of the table of a random package, and
// randomDeclared the types that it always declares: receivers, and generic types
// to be instantiated.
const (
	randomReceivers = "&random.Both{}, &random.Pointer{}, random.Value{}"
	randomDeclared  = `type Value struct{}

type Pointer struct{}

type Both struct{}

//actor:task
func (Value) Nothing(ctx context.Context) {}

//actor:task
func (*Pointer) Nothing(ctx context.Context) {}

//actor:task
func (Both) Nothing(ctx context.Context) {}

//actor:task
func (*Both) Something(ctx context.Context, both bool) error { return nil }
`
	randomGeneric = `type Box[T any] struct{ Value T }

type Pair[K comparable, V any] struct {
	Key K
	Val V ` + "`msgpack:\"val\"`" + `
}

type List[T any] []T

type Dict[K ~string | ~int8, V any] map[K]V

type Vector[T any] = []T

type Mark[T any] uint16
`
)

// randomNames are those of parameters that generated code might like as well.
var randomNames = strings.Fields(`ctx err a m e d v args field fields stub opts c delay
	context time actor actor2 msgpack model model2 random q0 q1 q2
	any bool byte error int int8 len nil new string true uint64 append iota
	x X x2 X2 T1 T2 t1 t3 encodeT1 decodeT2 Box Pair F0 F1 f0 Actors Value Pointer
	Func Type type_ größe 世界 ß _x __`)

func randomParameterNames(r *rand.Rand, n int) []string {
	var names []string
	for _, i := range r.Perm(len(randomNames))[:n] {
		names = append(names, randomNames[i])
	}
	return names
}
