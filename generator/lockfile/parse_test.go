package lockfile_test

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/generator/lockfile"
)

const head = "actors.lock version 1\n"

// mistakes are files with all that is to be said of them.
var mistakes = []struct {
	text string
	want []string
}{
	{"", []string{`1: not a lock of actorgen: its first line would be "actors.lock version 1" (move it, or delete it and run actorgen lock)`}},
	{"queue q\n", []string{`1: not a lock of actorgen: its first line would be "actors.lock version 1" (move it, or delete it and run actorgen lock)`}},
	{"actors.lock version 2\nexchange x\n", []string{`1: version 2 is newer than version 1, which this tool reads (update this tool)`}},
	{"actors.lock version one\n", []string{`1: version "one" is not a number`}},
	{"<<<<<<< HEAD\nactors.lock version 1\n=======\nactors.lock version 2\n>>>>>>> other\n", []string{
		`1: merge conflict is not resolved (keep the lines of both sides, or of one, then run actorgen lock)`,
		`5: merge conflict is not resolved (keep the lines of both sides, or of one, then run actorgen lock)`,
	}},
	{head + "exchange x\n\tfeild x int\nstruct s.S\n\tfield x int later\n", []string{
		`2: unknown line "exchange" (if a newer actorgen wrote this file, update this tool)`,
		`3: unknown line "feild" (did you mean field? if a newer actorgen wrote this file, update this tool)`,
		`5: field: " later" behind type int is not understood`,
	}},
	{head + "queue q lazy=true max-lengths=1 concurrency=1 max-length=0 broker=1\n", []string{
		`2: broker: "1" is not an identifier`,
		`2: max-length: "0" is out of range`,
		`2: unknown key "concurrency" (if a newer actorgen wrote this file, update this tool)`,
		`2: unknown key "lazy" (if a newer actorgen wrote this file, update this tool)`,
		`2: unknown key "max-lengths" (did you mean max-length? if a newer actorgen wrote this file, update this tool)`,
	}},
	{head + "queue\nactor\nqueue \"q\nqueue q.XQ\nqueue p type type=fast type=quorum\n", []string{
		`2: queue has no name`,
		`3: actor has no name`,
		`4: misplaced quote (quotes go around a whole token, "key=two words")`,
		`5: queue: "q.XQ" ends in .XQ, which is reserved for the queues beside it`,
		`6: "type" is not of the form key=value`,
		`6: type is set twice (keep one)`,
		`6: type: "fast" is not known`,
	}},
	{head + "queue q\nqueue q broker=b\nqueue q type=quorum\nactor a queue=q\nactor a queue=r\nactor c queue=q broker=z\nactor ä\nactor d broker=b\n", []string{
		`4: queue "q" stands twice, first in line 2 (keep one)`,
		`6: actor "a" stands twice, first in line 5 (keep one)`,
		`7: queue "q" of actor "c" has no line of its own (add the line: queue q broker=z)`,
		`8: actor "ä" has no queue (add queue=NAME)`,
		`8: actor: "ä" contains 'ä'`,
		`9: actor "d" has no queue (add queue=NAME)`,
	}},
	{head + "param x int\nqueue q\nparam x int\nactor a queue=q name=b\nfield x int\nparam x\nparam x int\nparam x int\nparam y int omitempty\nresult int\nresult int\nstruct s.S\nresult int\n", []string{
		`2: param stands below no actor`,
		`4: param stands below no actor`,
		`5: unknown key "name" (if a newer actorgen wrote this file, update this tool)`,
		`6: field stands below no struct`,
		`7: parameter: "x" is not a name and a type`,
		`9: parameter "x" stands twice, first in line 8 (keep one)`,
		`10: parameter: a parameter is never left out`,
		`12: result of a stands twice (keep one)`,
		`14: result stands below no actor`,
	}},
	{head + "struct\nstruct int\nstruct s.S[\nstruct s.S T\nstruct s.S\nstruct s.S\n", []string{
		`2: "" cannot be the label of a struct`,
		`3: "int" cannot be the label of a struct`,
		`4: "s.S[" cannot be the label of a struct`,
		`5: "s.S T" cannot be the label of a struct`,
		`7: struct "s.S" stands twice, first in line 6 (keep one)`,
	}},
	{head + "struct s.S\ntype s.S []int\ntype s.T [][]s.T\nstruct s.T\ntype s.U s.T\ntype s.V []s.W\ntype\ntype int []int\ntype s.X\nfield x int\n", []string{
		`3: type "s.S" stands twice, first in line 2 (keep one)`,
		`5: struct "s.T" stands twice, first in line 4 (keep one)`,
		`6: type s.U is no slice, array, map or pointer: it needs no line`,
		`7: "s.W" is neither a known type nor one of this file`,
		`8: "" cannot be the label of a type`,
		`8: "" is not a type`,
		`9: "int" cannot be the label of a type`,
		`10: "" is not a type`,
		`11: field stands below no struct`,
	}},
	{head + "struct s.S\nfield \"x int\nfield \"\" int\nfield x \"y\nfield \xff int\n", []string{
		`3: field: name has no closing quote`,
		`4: field: name is empty`,
		`5: field: "\"y" is not a type`,
		`6: line is not valid UTF-8`,
	}},
	{head + types("complex128", "byte", "[2byte", "[-1]int", "[02]int", "[]", "map[string", "map[string]", "map[chan int]int", "text(", "text(x",
		"text", "struct{A}", "struct{A int", "struct{A int, B int}", "struct{A int; A int}", "*", strings.Repeat("*", 101)+"int", "int)"), []string{
		`3: "complex128" is neither a known type nor one of this file`,
		`4: field: a byte alone is a uint8`,
		`5: field: "[2byte" is not a length and a type`,
		`6: field: "[-1]int" is not a length and a type`,
		`7: field: "[02]int" is not a length and a type`,
		`8: field: "" is not a type`,
		`9: field: key of a map has no closing bracket before ""`,
		`10: field: "" is not a type`,
		`11: field: key of a map has no closing bracket before " int]int"`,
		`12: field: text( is not followed by a type and a closing parenthesis`,
		`13: field: text( is not followed by a type and a closing parenthesis`,
		`14: "text" is neither a known type nor one of this file`,
		`15: field: "A}" is not a name and a type`,
		`16: field: "" between the fields of a struct is not understood`,
		`17: field: ", B int}" between the fields of a struct is not understood`,
		`18: field: field "A" stands twice`,
		`19: field: "" is not a type`,
		`20: field: type nests deeper than 100 levels`,
		`21: field: ")" behind type int is not understood`,
	}},
}

// types returns a struct with a field of each type.
func types(list ...string) string {
	text := "struct s.S\n"
	for i, t := range list {
		text += fmt.Sprintf("\tfield f%d %s\n", i, t)
	}
	return text
}

// TestMistakes: all of a file are reported at once, each with its line.
func TestMistakes(t *testing.T) {
	for _, test := range mistakes {
		f, err := lockfile.Parse("actors.lock", []byte(test.text))
		var syntax *lockfile.SyntaxError
		if f != nil || !errors.As(err, &syntax) {
			t.Errorf("%q: got %v, %v, want a *SyntaxError alone", test.text, f, err)
			continue
		}
		got := strings.Split(err.Error(), "\n")
		want := slices.Clone(test.want)
		for i := range want {
			want[i] = "actors.lock:" + want[i]
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q:\ngot\n%s\nwant\n%s", test.text, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func TestReadWithoutFile(t *testing.T) {
	if _, err := lockfile.Read(filepath.Join(t.TempDir(), lockfile.Name)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want %v", err, fs.ErrNotExist)
	}
}

// FuzzParse: whatever the bytes are, there is a file or there are reasons, and
// what was read is written and read back as it was.
func FuzzParse(f *testing.F) {
	f.Add(string(sample().Text()))
	for _, test := range mistakes {
		f.Add(test.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := lockfile.Parse("actors.lock", []byte(text))
		if err != nil {
			var syntax *lockfile.SyntaxError
			if !errors.As(err, &syntax) || len(syntax.Problems) == 0 {
				t.Fatalf("got error %v, want a *SyntaxError with problems", err)
			}
			for _, p := range syntax.Problems {
				if p.Pos.Line < 1 || p.Pos.Line > 1+strings.Count(text, "\n") || strings.Contains(p.String(), "\n") {
					t.Fatalf("got problem %q of a file with %d lines", p, 1+strings.Count(text, "\n"))
				}
			}
			return
		}
		written := first.Text()
		second, err := lockfile.Parse("actors.lock", written)
		if err != nil {
			t.Fatalf("%v in\n%s", err, written)
		}
		if again := second.Text(); string(again) != string(written) {
			t.Fatalf("got\n%s\nwant\n%s", again, written)
		}
		forget(reflect.ValueOf(first))
		forget(reflect.ValueOf(second))
		if !reflect.DeepEqual(first, second) {
			t.Fatalf("got  %+v\nwant %+v", second, first)
		}
	})
}
