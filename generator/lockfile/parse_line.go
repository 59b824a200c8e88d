package lockfile

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/generator/option"
)

func (p *parser) queueLine(rest string) {
	words, ok := p.words(rest)
	if !ok {
		return
	}
	if len(words) == 0 {
		p.problem("", "queue has no name")
		return
	}
	q := &Queue{Pos: p.pos, Name: words[0], Broker: DefaultBroker}
	if err := option.CheckQueue(q.Name); err != nil {
		p.problem("", "queue: %q %v", q.Name, err)
	}
	p.settings(words[1:], func(key, value string) error {
		if key == "broker" {
			return taskValue(key, value, &q.Broker)
		}
		return q.Set(key, value)
	})
	id := [2]string{q.Name, q.Broker}
	if first, ok := p.queues[id]; ok {
		p.twice("queue", q.Name, first.Pos.Line)
		return
	}
	p.queues[id] = q
}

func (p *parser) actorLine(rest string) {
	words, ok := p.words(rest)
	if !ok {
		return
	}
	if len(words) == 0 {
		p.problem("", "actor has no name")
		return
	}
	a := p.actor
	a.Name, a.Broker = words[0], DefaultBroker
	if err := option.CheckName(a.Name); err != nil {
		p.problem("", "actor: %q %v", a.Name, err)
	}
	p.settings(words[1:], func(key, value string) error {
		switch key {
		case "queue":
			return taskValue(key, value, &a.Queue)
		case "broker":
			return taskValue(key, value, &a.Broker)
		}
		return &unknownError{what: "key", word: key, known: []string{"queue", "broker"}}
	})
	if !slices.ContainsFunc(words[1:], func(word string) bool { return strings.HasPrefix(word, "queue=") }) {
		p.problem("add queue=NAME", "actor %q has no queue", a.Name)
	}
	if first, ok := p.actors[a.Name]; ok {
		p.twice("actor", a.Name, first.Pos.Line)
		return
	}
	p.actors[a.Name] = a
}

// taskValue reads the value of a key of //actor:task.
func taskValue(key, value string, to *string) error {
	o, _ := option.Find(option.Task, key)
	if _, err := o.Kind.Parse(value); err != nil {
		return fmt.Errorf("%s: %q %w", key, value, err)
	}
	*to = value
	return nil
}

// settings reads key=value, each once.
func (p *parser) settings(words []string, set func(key, value string) error) {
	seen := make(map[string]bool)
	for _, word := range words {
		key, value, ok := strings.Cut(word, "=")
		if !ok {
			p.problem("", "%q is not of the form key=value", word)
			continue
		}
		if seen[key] {
			p.problem("keep one", "%s is set twice", key)
			continue
		}
		seen[key] = true
		err := set(key, value)
		if unknown := (*unknownError)(nil); errors.As(err, &unknown) {
			p.problem(unknown.hint(), "%v", err)
		} else if err != nil {
			p.problem("", "%v", err)
		}
	}
}

func (p *parser) structLine(rest string) {
	if p.isFree("struct", rest) {
		p.block.Label = rest
		p.structs[rest] = p.block
	}
}

func (p *parser) typeLine(rest string) {
	label, text, _ := strings.Cut(rest, " ")
	t := p.typeOf(strings.TrimSpace(text))
	if t != nil && !slices.Contains([]Form{Slice, Array, Map, Pointer}, t.Form) {
		p.problem("", "type %s is no slice, array, map or pointer: it needs no line", label)
	}
	if p.isFree("type", label) {
		p.types[label] = &Definition{Pos: p.pos, Label: label, Type: t}
	}
}

// isFree reports whether a struct or a type can have a label.
func (p *parser) isFree(what, text string) bool {
	if n := label(text); n == 0 || n < len(text) || isBasic(text) || text == "byte" {
		p.problem("", "%q cannot be the label of a %s", text, what)
		return false
	}
	if first, ok := p.structs[text]; ok {
		p.twice(what, text, first.Pos.Line)
		return false
	}
	if first, ok := p.types[text]; ok {
		p.twice(what, text, first.Pos.Line)
		return false
	}
	return true
}

func (p *parser) resultLine(rest string) {
	if p.actor.Result != nil {
		p.problem("keep one", "result of %s stands twice", p.actor.Name)
		return
	}
	p.actor.Result, p.actor.ResultPos = p.typeOf(rest), p.pos
}

// member reads a parameter or a field and adds it to its list.
func (p *parser) member(list []Field, what, rest string) []Field {
	f, ok := p.fieldOf(what, rest)
	if !ok {
		return list
	}
	for _, other := range list {
		if other.Name == f.Name {
			p.twice(what, f.Name, other.Pos.Line)
			return list
		}
	}
	return append(list, f)
}

func (p *parser) twice(what, name string, first int) {
	p.problem("keep one", "%s %q stands twice, first in line %d", what, name, first)
}

// references checks that what is named is there.
func (p *parser) references() {
	for _, a := range p.actors {
		if _, ok := p.queues[[2]string{a.Queue, a.Broker}]; !ok && a.Queue != "" {
			words := strings.Join(appendBroker([]string{"queue", word(a.Queue)}, a.Broker), " ")
			p.problems.Addf(a.Pos, "add the line: "+words, "queue %q of actor %q has no line of its own", a.Queue, a.Name)
		}
	}
	for _, r := range p.named {
		if p.structs[r.name] == nil && p.types[r.name] == nil {
			p.problems.Addf(r.pos, "", "%q is neither a known type nor one of this file", r.name)
		}
	}
}
