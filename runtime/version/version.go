// Package version tells what a program was built from, by what the go command
// writes into every binary. Nothing has to be set when building.
package version

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// library is the module that this package is part of.
const library = "github.com/actorgen/actorgen"

// devel is the version of what no module cache holds: it was built from a
// directory whose version control the go command did not ask, as it never does
// for go run, nor for what a go.mod replaces by a directory.
const devel = "(devel)"

// Line says in one line what the running program was built from, beginning with
// its name and the version of its module:
//
//	actorgen v1.2.3 (go1.26.0 linux/amd64)
//	worker v0.9.1 (module example.com/shop, actorgen v1.2.3, go1.26.0 linux/amd64)
//
// Where the binary came from a checkout, the revision and whether files were
// modified stand in the parentheses, too.
func Line(program string) string {
	info, _ := debug.ReadBuildInfo()
	return line(program, info)
}

// Library returns the version of actorgen's module in the running program:
// v1.2.3, a pseudo-version, or "(devel)".
func Library() string {
	info, _ := debug.ReadBuildInfo()
	return libraryIn(info)
}

func line(program string, info *debug.BuildInfo) string {
	if info == nil { // built without modules
		info = &debug.BuildInfo{GoVersion: runtime.Version()}
	}
	var facts []string
	if info.Main.Path != library && info.Main.Path != "" {
		facts = append(facts, "module "+info.Main.Path, "actorgen "+libraryIn(info))
	}
	facts = append(facts, revision(info)...)
	facts = append(facts, fmt.Sprintf("%s %s/%s", info.GoVersion, runtime.GOOS, runtime.GOARCH))
	return fmt.Sprintf("%s %s (%s)", program, of(&info.Main), strings.Join(facts, ", "))
}

func libraryIn(info *debug.BuildInfo) string {
	if info == nil {
		return devel
	}
	for _, m := range info.Deps {
		if m.Path == library {
			return of(m)
		}
	}
	if info.Main.Path == library {
		return of(&info.Main)
	}
	return devel
}

// of returns the version of what was built, which is the replacement where there
// is one.
func of(m *debug.Module) string {
	if m.Replace != nil {
		m = m.Replace
	}
	return cmp.Or(m.Version, devel)
}

// revision returns what the version control said, if it was asked.
func revision(info *debug.BuildInfo) []string {
	var facts []string
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			facts = append(facts, "revision "+s.Value)
		case s.Key == "vcs.modified" && s.Value == "true":
			facts = append(facts, "modified")
		}
	}
	return facts
}
