package directive

import (
	"go/token"
	"reflect"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	tests := []struct {
		text string
		want *Directive
	}{
		{"// an ordinary comment", nil},
		{"//go:generate go tool actorgen", nil},
		{"//nolint:all", nil},
		{"// actor:task makes the function an actor", nil},
		{"// An actor: task number one", nil},
		{"//	//actor:task queue=emails", nil},
		{"// actor model", nil},
		{"//actor model", nil},
		{"//actor new", nil},
		{"// actor task", nil},
		{"//actor task with x=3", nil},
		{"// actor id=5", nil},
		{"// Actor:", nil},
		{"// @actor", nil},
		{"//actors", nil},
		{"//actors and their queues", nil},
		{"//factor:new x=y", nil},
		{"//ctor:new", nil},
		{"//author:task", nil},
		{"//actor:task", &Directive{Verb: Task, Pos: 1}},
		{"//actor:new  ", &Directive{Verb: New, Pos: 1}},
		{"//actor:ignore it's \"just one\" // for now", &Directive{Verb: Ignore, Pos: 1}},
		{"//actor:task queue=emails\tmax-retries=5 ", &Directive{Verb: Task, Pos: 1, Settings: []Setting{
			{"queue", "emails", 14}, {"max-retries", "5", 27}}}},
		{`//actor:task "queue=two words" var=X`, &Directive{Verb: Task, Pos: 1, Settings: []Setting{
			{"queue", "two words", 14}, {"var", "X", 32}}}},
		{"//actor:task `queue=a\"b`", &Directive{Verb: Task, Pos: 1, Settings: []Setting{{"queue", `a"b`, 14}}}},
		{"//actor:task queue=a=b", &Directive{Verb: Task, Pos: 1, Settings: []Setting{{"queue", "a=b", 14}}}},
		{"//actor:queue emails type=classic", &Directive{Verb: Queue, Pos: 1, Name: "emails", NamePos: 15,
			Settings: []Setting{{"type", "classic", 22}}}},
		{`//actor:queue "two words"`, &Directive{Verb: Queue, Pos: 1, Name: "two words", NamePos: 15}},
		{"//actor:defaults timeout=1m", &Directive{Verb: Defaults, Pos: 1, Settings: []Setting{{"timeout", "1m", 18}}}},
	}
	for _, test := range tests {
		got, problems := parse(1, test.text, false)
		if len(problems) > 0 {
			t.Errorf("%s: got problems %v, want none", test.text, problems)
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %+v, want %+v", test.text, got, test.want)
		}
	}
}

func TestParseProblems(t *testing.T) {
	tests := []struct {
		text string
		pos  token.Pos
		want string
	}{
		{"// actor:task", 1, "write //actor:task"},
		{"//  actor:task queue=x", 1, "write //actor:task queue=x"},
		{"//actor: task", 1, "write //actor:task"},
		{"//actor :task", 1, "write //actor:task"},
		{"//actors:task queue=x", 1, "write //actor:task queue=x"},
		{"//actorgen:task", 1, "write //actor:task"},
		{"//Actor:task", 1, "write //actor:task"},
		{"//actor:Task", 1, "write //actor:task"},
		{"//actor task queue=b", 1, "write //actor:task queue=b"},
		{"// actor task queue=b", 1, "write //actor:task queue=b"},
		{"//actor queue=b", 1, "write //actor:task queue=b"},
		{"//actor: queue=b", 1, "write //actor:task queue=b"},
		{"//actor queue b type=classic", 1, "write //actor:queue b type=classic"},
		{"//actor-task queue=b", 1, "write //actor:task queue=b"},
		{"//actr:task", 1, "write //actor:task"},
		{"//actro:task queue=b", 1, "write //actor:task queue=b"},
		{"//actor::task", 1, "write //actor:task"},
		{"//actor:", 1, "write //actor:task"},
		{"// @actor:task queue=b", 1, "write //actor:task queue=b"},
		{"/*actor:task*/", 1, "write //actor:task"},
		{"/* actor:task queue=x */", 1, "write //actor:task queue=x"},
		{"//actor:tasks", 1, "did you mean //actor:task?"},
		{"//actor:task,queue=x,timeout=3s", 1, "separate by spaces: //actor:task queue=x timeout=3s"},
		{"//actor:queue=emails", 1, "write //actor:task queue=emails on a function"},
		{"//actor:tsk=emails", 1, "did you mean //actor:task?"},
		{"//actor:queue", 1, "write //actor:queue NAME"},
		{"//actor:queue type=classic", 1, "write //actor:queue NAME"},
		{"//actor:new x=y", 13, "takes no keys"},
		{"//actor:task queue", 14, "not of the form key=value"},
		{"//actor:task =x", 14, "not of the form key=value"},
		{"//actor:task a=b // because", 18, "comment behind a directive"},
		{"//actor:task a=b,c=d", 14, "separate them by spaces"},
		{`//actor:task "a=b"c`, 14, "quotes go around a whole token"},
	}
	for _, test := range tests {
		_, problems := parse(1, test.text, false)
		if len(problems) != 1 {
			t.Errorf("%s: got %d problems, want 1: %v", test.text, len(problems), problems)
			continue
		}
		p := problems[0]
		if text := p.Message + " (" + p.Hint + ")"; p.Pos != test.pos || !strings.Contains(text, test.want) {
			t.Errorf("%s: got %d: %s, want %d: %s", test.text, p.Pos, text, test.pos, test.want)
		}
	}
}

// TestParseOnFunc checks what is an attempt at a directive only where one could
// stand.
func TestParseOnFunc(t *testing.T) {
	for text, want := range map[string]bool{
		"//actor task":           true,
		"// actor task":          true,
		"//actor-task":           true,
		"//actors":               true,
		"//actor":                true,
		"// actor queue=b":       true,
		"// actors":              false,
		"// actor":               false,
		"// actor model":         false,
		"// actor queue":         false,
		"// actor task of a day": false,
		"//ctor":                 false,
	} {
		if _, problems := parse(1, text, true); len(problems) > 0 != want {
			t.Errorf("%s: got problems %v, want some: %t", text, problems, want)
		}
		if _, problems := parse(1, text, false); len(problems) > 0 {
			t.Errorf("%s: got problems %v elsewhere, want none", text, problems)
		}
	}
}

// TestMentioned checks that no comment with a directive or a problem escapes
// the quick look at its file.
func TestMentioned(t *testing.T) {
	for text, want := range map[string]bool{
		"x // a\n//actor:task": true,
		"/// //actr:task":      true,
		"//\t@ actor task":     true,
		"/*Actor :task*/":      true,
		"//actorgen:task":      true,
		"refactor(actor, a/b)": false,
		"// the actor model":   false,
		"//":                   false,
		"/":                    false,
	} {
		if got := Mentioned([]byte(text)); got != want {
			t.Errorf("%q: got %t, want %t", text, got, want)
		}
	}
}

// FuzzParse checks that nothing panics, and that every position lies in the
// comment, at the token that it belongs to.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"//actor:task queue=a max-retries=5", `//actor:task "queue=a b"`, "//actor:queue a type=classic", "// actor:task",
		"/*actor:task*/", "//actor:task,queue=x", "//actor:queue=x", "//actor:task =", "//actor:\u00a0task", "//actor:task a=b //",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, problems := parse(1, text, true)
		if (d != nil || len(problems) > 0) && !Mentioned([]byte(text)) {
			t.Errorf("%q: got no mention", text)
		}
		for _, p := range problems {
			if p.Pos < 1 || int(p.Pos) > len(text)+1 || p.Message == "" {
				t.Errorf("%q: problem %+v is misplaced", text, p)
			}
		}
		if d == nil {
			return
		}
		for _, s := range d.Settings {
			rest := text[s.Pos-1:]
			if !strings.HasPrefix(rest, s.Key+"="+s.Value) && !strings.HasPrefix(rest, `"`) && !strings.HasPrefix(rest, "`") {
				t.Errorf("%q: setting %+v is misplaced", text, s)
			}
		}
	})
}
