package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/amqp/topology"
)

// group is one finding, or the same about several delay levels.
type group struct {
	finding topology.Finding
	objects string
	// levels are the numbers of the levels, in the order of the findings; none
	// for what is no level.
	levels []int
}

// names shows the name, or those of the levels as ranges.
func (g *group) names(prefix string) string {
	if len(g.levels) == 0 {
		return g.finding.Name
	}
	slices.Sort(g.levels)
	var parts []string
	for i := 0; i < len(g.levels); {
		j := i
		for j+1 < len(g.levels) && g.levels[j+1] == g.levels[j]+1 {
			j++
		}
		part := fmt.Sprintf("%02d", g.levels[i])
		if j > i {
			part += fmt.Sprintf("–%02d", g.levels[j])
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.TrimSuffix(layout.Level(prefix, 0), "00") + strings.Join(parts, ",")
}

// grouped joins what is to be said alike about levels, at the place where it
// comes first: first the exchange and the queue of a level, then levels.
func grouped(findings []topology.Finding, prefix string) (result []*group) {
	level := make(map[string]int)
	for n := range layout.MostLevels {
		level[layout.Level(prefix, n)] = n
	}
	type kind struct {
		state   topology.State
		objects string
		text    string
		breaks  bool
	}
	groups := make(map[kind]*group)
	done := make([]bool, len(findings))
	for i, f := range findings {
		if done[i] {
			continue
		}
		n, ok := level[f.Name]
		if !ok || f.Argument != "" || f.Object == topology.Binding {
			result = append(result, &group{finding: f, objects: string(f.Object)})
			continue
		}
		objects := string(f.Object)
		for j := i + 1; j < len(findings); j++ {
			other := findings[j]
			if other.Object = f.Object; other == f && findings[j].Argument == "" {
				objects, done[j] = "level", true
			}
		}
		k := kind{f.State, objects, f.Text, f.Breaks}
		if groups[k] == nil {
			groups[k] = &group{finding: f, objects: objects}
			result = append(result, groups[k])
		}
		groups[k].levels = append(groups[k].levels, n)
	}
	for _, g := range groups {
		if len(g.levels) > 1 {
			g.objects += "s"
		}
	}
	return result
}
