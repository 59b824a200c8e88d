package directive

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/generator/suggest"
)

// parse reads one comment, whose text includes its slashes. It returns nil for
// an ordinary comment. A comment with problems may still give a directive, so
// that what it says further on is checked as well. Of a function's doc comment
// more is taken for an attempt at a directive than elsewhere.
func parse(pos token.Pos, text string, onFunc bool) (*Directive, []Problem) {
	d, ok := ast.ParseDirective(pos, text)
	if !ok || d.Tool != tool {
		if hint, ok := nearMiss(text, onFunc); ok {
			return nil, []Problem{{pos, "comment looks like a directive and is none", hint}}
		}
		return nil, nil
	}
	if !slices.Contains(verbs, d.Name) {
		return nil, []Problem{{pos, "unknown directive //actor:" + d.Name, correct(d.Name)}}
	}
	if d.Name == string(Ignore) { // whatever follows is the reason
		return &Directive{Verb: Ignore, Pos: pos}, nil
	}
	args, err := d.ParseArgs()
	if err != nil {
		return nil, []Problem{{d.ArgsPos, "misplaced quote in //actor:" + d.Name,
			`quotes go around a whole token, "key=two words"`}}
	}
	if i := slices.IndexFunc(args, isComment); i >= 0 {
		return nil, []Problem{{args[i].Pos, "comment behind a directive would be read as part of it", "put it on a line of its own"}}
	}
	result := &Directive{Verb: Verb(d.Name), Pos: pos}
	problems := result.read(args)
	return result, problems
}

// read takes over the arguments of the directive.
func (d *Directive) read(args []ast.DirectiveArg) (problems []Problem) {
	switch d.Verb {
	case Queue:
		if len(args) == 0 || strings.Contains(args[0].Arg, "=") {
			problems = append(problems, Problem{d.Pos, "//actor:queue names no queue", "write //actor:queue NAME key=value"})
			break
		}
		d.Name, d.NamePos = args[0].Arg, args[0].Pos
		args = args[1:]
	case New:
		if len(args) > 0 {
			problems = append(problems, Problem{args[0].Pos, "//actor:new takes no keys", "leave out " + args[0].Arg})
		}
		return problems
	}
	for _, arg := range args {
		key, value, ok := strings.Cut(arg.Arg, "=")
		if !ok || key == "" {
			problems = append(problems, Problem{arg.Pos, quote(arg.Arg) + " is not of the form key=value", ""})
			continue
		}
		if head, _, found := strings.Cut(value, ","); found && strings.Contains(value, "=") {
			problems = append(problems, Problem{arg.Pos, quote(arg.Arg) + " holds several keys",
				"separate them by spaces: " + key + "=" + head + " …"})
			continue
		}
		d.Settings = append(d.Settings, Setting{Key: key, Value: value, Pos: arg.Pos})
	}
	return problems
}

// correct suggests what to write for an unknown verb.
func correct(verb string) string {
	i := strings.IndexAny(verb, ",=;:")
	if i < 0 {
		return suggest.Hint("//actor:"+verb, commands())
	}
	head, rest := verb[:i], verb[i+1:]
	switch {
	case !slices.Contains(verbs, head):
		return suggest.Hint("//actor:"+head, commands())
	case verb[i] == '=' && head == string(Queue):
		return "write //actor:task queue=" + rest + " on a function, or //actor:queue " + rest + " to describe the queue"
	}
	return "separate by spaces: //actor:" + head + " " + strings.ReplaceAll(rest, ",", " ")
}

func commands() []string {
	var all []string
	for _, verb := range verbs {
		all = append(all, "//actor:"+verb)
	}
	return all
}

func isComment(arg ast.DirectiveArg) bool {
	return strings.HasPrefix(arg.Arg, "//") || strings.HasPrefix(arg.Arg, "/*")
}

func quote(text string) string { return `"` + text + `"` }
