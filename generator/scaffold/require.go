package scaffold

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/templates"
)

// require completes go.mod: with the tool, and with the library.
func (p *Project) require(c Config) error {
	if p.New {
		if c.Version == "" && c.Replace == "" {
			return errUnreleased
		}
		data := struct{ Module, Go, Library, Tool, Version, Replace string }{
			p.Package, goVersion, Library, Tool, cmp.Or(c.Version, "v0.0.0"), quoted(c.Replace),
		}
		text, err := execute("go.mod", templates.InitModule, data)
		p.Files = append(p.Files, model.File{Path: filepath.Join(c.Dir, "go.mod"), Content: text})
		return err
	}
	if p.module.library && c.Replace != "" {
		return fmt.Errorf("go.mod requires %s already (leave -replace out)", Library)
	}
	if !p.module.tool {
		p.edit = append(p.edit, "-tool="+Tool)
	}
	if !p.module.library {
		if c.Version == "" && c.Replace == "" {
			return errUnreleased
		}
		p.edit = append(p.edit, "-require="+Library+"@"+cmp.Or(c.Version, "v0.0.0"))
		if c.Replace != "" {
			p.edit = append(p.edit, "-replace="+Library+"="+c.Replace)
		}
	}
	return nil
}

// errUnreleased is about a build whose version no other module can require.
var errUnreleased = errors.New("this actorgen was built from a checkout, so there is no version to require (name the checkout: -replace DIR)")

// isCheckout reports a directory of -replace that does not hold the library.
func isCheckout(dir string) error {
	if dir == "" {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil || !model.HasLine(text, "module "+Library) {
		return fmt.Errorf("directory %q of -replace is no checkout of %s", dir, Library)
	}
	return nil
}

// quoted writes a path as go.mod takes it.
func quoted(dir string) string {
	if strings.ContainsAny(dir, " \"'`()[]{},") || strings.Contains(dir, "//") {
		return strconv.Quote(dir)
	}
	return dir
}
