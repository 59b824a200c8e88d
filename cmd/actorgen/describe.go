package main

import (
	"cmp"
	"fmt"
	"go/types"
	"strings"

	"github.com/actorgen/actorgen/generator/diagnostic"
	"github.com/actorgen/actorgen/generator/lockfile"
	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/option"
)

// entry is one actor as list prints it; listHelp explains the JSON.
type entry struct {
	Name     string `json:"name"`
	Package  string `json:"package"`
	Stub     string `json:"stub"`
	Function string `json:"function"`
	place
	Queue     string            `json:"queue"`
	QueueKeys map[string]string `json:"queueOptions"`
	Broker    string            `json:"broker"`
	Policy    map[string]string `json:"policy"`
	Params    []param           `json:"params"`
	Result    string            `json:"result,omitempty"`
	Signature string            `json:"signature"`

	// packageName is what the source calls the package, if not the importer.
	packageName string
}

// param is a parameter that travels. A variadic one has the type of its elements.
type param struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Variadic bool   `json:"variadic,omitempty"`
}

func describe(dir string, p *model.Package, a *model.Actor) entry {
	e := entry{
		Name:      a.Name,
		Package:   p.Path,
		Stub:      a.Var,
		Function:  a.Func,
		place:     place{diagnostic.Relative(dir, a.Pos.Filename), a.Pos.Line, a.Pos.Column},
		Queue:     a.Queue.Name,
		QueueKeys: texts(a.Queue.Settings),
		Broker:    cmp.Or(a.Broker, lockfile.DefaultBroker),
		Policy:    texts(a.Settings),
		Params:    params(p, a),

		packageName: p.Name,
	}
	if a.Receiver != nil {
		e.Function = fmt.Sprintf("(%s).%s", show(p, a.Receiver), a.Func)
	}
	if a.Result != nil {
		e.Result = show(p, a.Result.Type)
	}
	e.Signature = e.signature()
	return e
}

// texts returns settings as the source writes them.
func texts(settings []model.Setting) map[string]string {
	result := make(map[string]string, len(settings))
	for _, s := range settings {
		result[s.Key] = s.Text
	}
	return result
}

// ordered returns key=value in the order of the option table.
func ordered(set map[string]string) []string {
	var result []string
	for _, key := range option.Keys(option.Task) {
		if value, ok := set[key]; ok {
			result = append(result, key+"="+value)
		}
	}
	return result
}

func params(p *model.Package, a *model.Actor) []param {
	params := make([]param, len(a.Params))
	for i, x := range a.Params {
		params[i] = param{Name: x.Name, Type: show(p, x.Type)}
		if slice, ok := x.Type.(*types.Slice); ok && a.Variadic && i == len(a.Params)-1 {
			params[i].Type, params[i].Variadic = show(p, slice.Elem()), true
		}
	}
	return params
}

// signature prints the stub's call: what a sender passes, and what comes back.
func (e entry) signature() string {
	var params []string
	for _, x := range e.Params {
		dots := ""
		if x.Variadic {
			dots = "..."
		}
		params = append(params, x.Name+" "+dots+x.Type)
	}
	return strings.TrimSpace("(" + strings.Join(params, ", ") + ") " + e.Result)
}

func show(p *model.Package, t types.Type) string {
	return types.TypeString(t, func(other *types.Package) string {
		if other == p.Types {
			return ""
		}
		return other.Name()
	})
}
