package emit

import (
	"bytes"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// TestLayoutOfGrammar: random declarations, odder than any that is generated, are
// refused or formatted like gofmt.
func TestLayoutOfGrammar(t *testing.T) {
	const rounds = 10_000
	taken := 0
	for seed := range uint64(rounds) {
		declaration := []byte(derive(rand.New(rand.NewPCG(seed, 0)), "declaration", 6))
		want, err := gofmt(declaration)
		if err != nil {
			continue
		}
		got, ok := new(layouter).layout(declaration)
		if !ok {
			continue
		}
		taken++
		if !bytes.Equal(got, want) {
			t.Errorf("seed %d: %s\ngot\n%s\nwant\n%s", seed, declaration, got, want)
		}
	}
	if taken < rounds/4 {
		t.Errorf("got %d of %d declarations laid out, want a quarter", taken, rounds)
	}
}

// grammar has what each symbol may be derived to, first what ends the derivation.
// Most of it is Go.
var grammar = map[string][]string{
	"declaration": {
		"var a=<value>", "var a <type>=<value>", "var a=T{\n<rows>}", "const a=<value>", "type T <type>", "type T= <type>",
		"type T struct {\n<fields>}", "func(t T)<signature>{\n<statements>}", "func <signature>{\n<statements>}",
	},
	"signature": {"f()", "f(a <type>)<type>", "f(a <type>,bb...<type>) error", "f(<type>)(<type>,error)"},
	"fields":    {"a <type>\n", "<name> <type>\n<fields>", "<name> <type>\n<fields>"},
	"name":      {"a", "bb", "ccc", "Dddd", "x1", "ö"},
	"type": {
		"int", "string", "x.Y", "[]<type>", "[3]<type>", "[n]<type>", "*<type>", "map[string]<type>", "G[<type>]", "x.G[<type>,<type>]",
		"func(<type>)<type>", "func(a <type>,b <type>)(<type>,error)", "struct{}",
	},
	"value": {
		"a", "x.Y", "1", `"s"`, "nil", "f(<values>)", "x.F(<values>)", "<type>{<values>}", "T{<pairs>}", "&x.T{<pairs>}", "5*time.Second",
		"new(<value>)", "a[<value>]", "[]byte(<value>)", "*a", "!a", "f[int](<values>)", "(<value>)", "(*T)(<value>)",
		"append(<value>,a...)", "f(\n<value>,\n<value>,\n)",
	},
	"values": {"", "<value>", "<value>,<value>", "<value>,<value>,<value>"},
	"pairs":  {"a:1", "a:<value>", "a:<value>,bb:<value>"},
	"rows": {
		"a:<value>,\n", "<name>:<value>,\n<rows>", "<name>:<value>,\n<rows>", "\"key\":<value>,\n<rows>", "1:<value>,\n<rows>",
		strings.Repeat("k", 45) + ":<value>,\n<rows>", "<name>:x.T{\n<rows>},\n<rows>", "<name>:func(a <type>)error{\n<statements>},\n<rows>",
	},
	"statements": {"", "<statement>\n", "<statement>\n<statements>", "<statement>\n<statements>"},
	"statement": {
		"a--", "return <values>", "a:=<value>", "a,bb=<value>", "var a <type>", "f(<values>)", "a[<value>]=<value>",
		"if a:=<value>;a==<value>{\n<statements>}", "for a,bb:=range <name>{\n<statements>}",
		"switch a{\ncase <value>:\n<statements>default:\n<statements>}", "return func(a <type>)<type>{\n<statements>}",
		"return &T{\n<rows>}", "return T{\n<rows>},<value>", "return T{\n<rows>},&T{\n<rows>}",
	},
}

var symbol = regexp.MustCompile(`<[a-z]+>`)

// derive returns a random text of a symbol.
func derive(random *rand.Rand, of string, depth int) string {
	choice := grammar[of]
	if depth == 0 {
		choice = choice[:1]
	}
	return symbol.ReplaceAllStringFunc(choice[random.IntN(len(choice))], func(s string) string {
		return derive(random, strings.Trim(s, "<>"), max(0, depth-1))
	})
}
