package main

import (
	"fmt"
	"go/types"
	"path/filepath"
	"strings"

	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/option"
)

// position names the place of an annotation relative to the working directory.
func position(dir string, a *model.Actor) string {
	name := a.Pos.Filename
	if relative, err := filepath.Rel(dir, name); err == nil {
		name = filepath.ToSlash(relative)
	}
	return fmt.Sprintf("%s:%d", name, a.Pos.Line)
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

// signature prints the stub's call: what a sender passes, and what comes back.
func signature(p *model.Package, a *model.Actor) string {
	params := make([]string, len(a.Params))
	for i, param := range a.Params {
		text := show(p, param.Type)
		if slice, ok := param.Type.(*types.Slice); ok && a.Variadic && i == len(a.Params)-1 {
			text = "..." + show(p, slice.Elem())
		}
		params[i] = param.Name + " " + text
	}
	text := "(" + strings.Join(params, ", ") + ")"
	if a.Result != nil {
		text += " " + show(p, a.Result.Type)
	}
	return text
}

func show(p *model.Package, t types.Type) string {
	return types.TypeString(t, func(other *types.Package) string {
		if other == p.Types {
			return ""
		}
		return other.Name()
	})
}
