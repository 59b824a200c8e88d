package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/generator/option"
)

const guarantees = "guarantees.md"

// parameter is a row of a table of parameters: its name and its default.
type parameter struct{ name, value string }

// TestParameterTables: the quick reference names every parameter of the code, in
// its order and with its default.
func TestParameterTables(t *testing.T) {
	for marker, want := range map[string][]parameter{
		"task":         optionParameters(option.Task),
		"queue":        optionParameters(option.Queue),
		"ClientConfig": fieldParameters(t, "../runtime/actor/client.go", "ClientConfig"),
		"WorkerConfig": fieldParameters(t, "../runtime/actor/worker.go", "WorkerConfig"),
		"Config":       fieldParameters(t, "../runtime/amqp/config.go", "Config"),
		"flags":        flagParameters(t),
	} {
		got := tableParameters(t, marker)
		for _, p := range want {
			if !slices.Contains(got, p) {
				t.Errorf("%s, table %q: got no row for %s with default %q", guarantees, marker, p.name, p.value)
			}
		}
		for _, p := range got {
			if !slices.Contains(want, p) {
				t.Errorf("%s, table %q: got %s with default %q, which the code does not have", guarantees, marker, p.name, p.value)
			}
		}
		if !t.Failed() && !slices.Equal(got, want) {
			t.Errorf("%s, table %q: got another order than the code's", guarantees, marker)
		}
	}
}

// TestEveryPolicyHasAKey: what a client or a worker can be configured to do, an
// annotation can say, so the tables of keys leave nothing out.
func TestEveryPolicyHasAKey(t *testing.T) {
	for structure, file := range map[string]string{"Publish": "policy.go", "Work": "policy.go", "Queue": "queue.go"} {
		name := structure
		if file == "policy.go" {
			name += "Policy"
		}
		for _, field := range fieldParameters(t, "../runtime/actor/"+file, name) {
			known := slices.ContainsFunc(option.Table, func(o option.Option) bool { return o.Struct == structure && o.Field == field.name })
			if !known && field.name != "Name" {
				t.Errorf("%s.%s: got no key for it", name, field.name)
			}
		}
	}
}

var stages = []string{"connect", "send", "broker", "delay", "consume", "run", "settle"}

// tableParameters reads a table of the page.
func tableParameters(t *testing.T, marker string) (all []parameter) {
	t.Helper()
	text, err := os.ReadFile(guarantees)
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(text), "<!-- parameters "+marker+" -->\n")
	table, _, closed := strings.Cut(table, "<!-- end -->")
	if !ok || !closed {
		t.Fatalf("%s: got no table %q", guarantees, marker)
	}
	for _, line := range strings.Split(strings.TrimSpace(table), "\n")[2:] {
		cells := strings.Split(strings.TrimSuffix(strings.TrimPrefix(line, "| "), " |"), " | ")
		if len(cells) < 3 || !slices.Contains(stages, cells[2]) {
			t.Errorf("%s, table %q: got row %q, want its third cell to be a stage", guarantees, marker, line)
			continue
		}
		all = append(all, parameter{strings.Trim(cells[0], "`"), cells[1]})
	}
	return all
}

func optionParameters(scope option.Scope) (all []parameter) {
	for _, o := range option.Table {
		if o.Scope == scope {
			all = append(all, parameter{o.Key, cell(o.Default)})
		}
	}
	return all
}

// fieldParameters reads the exported fields of a structure and their defaults.
func fieldParameters(t *testing.T, file, structure string) (all []parameter) {
	t.Helper()
	syntax, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(syntax, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != structure {
			return true
		}
		for _, field := range spec.Type.(*ast.StructType).Fields.List {
			for _, name := range field.Names {
				if name.IsExported() {
					all = append(all, parameter{name.Name, lastDefault(field.Doc.Text())})
				}
			}
		}
		return false
	})
	if len(all) == 0 {
		t.Fatalf("%s: got no fields of %s", file, structure)
	}
	return all
}

// lastDefault returns what the end of a comment says; its last sentence is the default.
func lastDefault(comment string) string {
	comment = strings.Join(strings.Fields(comment), " ")
	at := max(strings.LastIndex(comment, "efaults to "), strings.LastIndex(comment, "efaults as "))
	if at < 0 {
		return ""
	}
	text := strings.TrimPrefix(comment[at+len("efaults "):], "to ")
	return strings.TrimSuffix(text, ".")
}

var (
	helpFlag    = regexp.MustCompile(`(?m)^  (-[a-z-]+)`)
	helpDefault = regexp.MustCompile(`\(default ([^()]+)\)|\(([^()]+)\)$`)
)

// flagParameters reads the flags of a worker and their defaults from its help.
func flagParameters(t *testing.T) (all []parameter) {
	t.Helper()
	help, err := os.ReadFile("../runtime/workercmd/help.go")
	if err != nil {
		t.Fatal(err)
	}
	list, _, _ := strings.Cut(string(help), "\n\nA flag wins")
	starts := append(helpFlag.FindAllStringSubmatchIndex(list, -1), []int{len(list)})
	for i, at := range starts[:len(starts)-1] {
		p := parameter{list[at[2]:at[3]], "none"}
		text := strings.Join(strings.Fields(list[at[0]:starts[i+1][0]]), " ")
		if match := helpDefault.FindStringSubmatch(text); match != nil {
			p.value = match[1] + match[2]
		}
		all = append(all, p)
	}
	if len(all) < 8 {
		t.Fatalf("got flags %v, want all of them", all)
	}
	return all
}
