package analysis

import (
	"go/token"

	"github.com/actorgen/actorgen/generator/directive"
	"github.com/actorgen/actorgen/generator/load"
	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/option"
	"github.com/actorgen/actorgen/generator/suggest"
)

// value is a parsed value with its place in the source.
type value struct {
	parsed any
	text   string
	pos    token.Pos
}

// values are the options that some directives set, by key.
type values map[string]value

// settings returns the values that have a field in package actor, in the order
// of the option table.
func (v values) settings(scope option.Scope) []model.Setting {
	var settings []model.Setting
	for _, o := range option.Table {
		if set, ok := v[o.Key]; ok && o.Scope == scope && o.Struct != "" {
			settings = append(settings, model.Setting{Key: o.Key, Struct: o.Struct, Field: o.Field, Value: set.parsed, Text: set.text})
		}
	}
	return settings
}

// text returns a value that is a string, or the fallback.
func (v values) text(key, fallback string) string {
	if set, ok := v[key]; ok {
		return set.text
	}
	return fallback
}

// over returns the values with those of v before those of beneath.
func (v values) over(beneath values) values {
	merged := make(values, len(v)+len(beneath))
	for key, set := range beneath {
		merged[key] = set
	}
	for key, set := range v {
		merged[key] = set
	}
	return merged
}

// read parses the settings of a directive into v.
func (a *Analysis) read(v values, d directive.Directive, scope option.Scope) {
	for _, s := range d.Settings {
		o, ok := option.Find(scope, s.Key)
		if !ok {
			a.addf(s.Pos, unknownKeyHint(scope, s.Key), "unknown key %q in //actor:%s", s.Key, d.Verb)
			continue
		}
		if o.Own && d.Verb == directive.Defaults {
			a.addf(s.Pos, "set it on each //actor:task", "%s cannot be a default", s.Key)
			continue
		}
		parsed, err := o.Kind.Parse(s.Value)
		if err != nil {
			a.addf(s.Pos, o.Kind.Syntax, "%s: %q %s", s.Key, s.Value, err)
			continue
		}
		a.set(v, o, value{parsed, s.Value, s.Pos})
	}
}

// set refuses a second value for an option, at both places. Queues are shared:
// two places may say the same of one.
func (a *Analysis) set(v values, o option.Option, set value) {
	first, twice := v[o.Key]
	switch {
	case !twice:
		v[o.Key] = set
	case o.Scope == option.Queue && first.parsed == set.parsed:
	default:
		a.addf(first.pos, "keep one", "%s is set twice, again at %s", o.Key, a.short(set.pos))
		a.Diagnostics.Relate(a.position(set.pos))
		a.addf(set.pos, "keep one", "%s is set twice, first at %s", o.Key, a.short(first.pos))
		a.Diagnostics.Relate(a.position(first.pos))
	}
}

func unknownKeyHint(scope option.Scope, key string) string {
	other, directive := option.Queue, "//actor:queue NAME "
	if scope == option.Queue {
		other, directive = option.Task, "//actor:task "
	}
	if hint := suggest.Hint(key, option.Keys(scope)); hint != "" {
		return hint
	}
	if _, ok := option.Find(other, key); ok {
		return "it belongs to " + directive + key + "=…"
	}
	return "actorgen help options lists all keys"
}

// packageDefaults reads the defaults directives of a package.
func (a *Analysis) packageDefaults(p *load.Package) values {
	defaults := make(values)
	for _, file := range p.Files {
		for _, d := range file.Directives.Defaults {
			a.read(defaults, d, option.Task)
		}
	}
	return defaults
}
