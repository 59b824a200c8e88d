// Package scaffold makes the first files of a project: a task, its test, a
// program that sends it, its worker, and what go.mod needs. The stubs are then the
// generator's, and so is the worker from the first run on.
package scaffold

import (
	"bytes"
	"cmp"
	"fmt"
	"go/format"
	"os"
	"path"
	"path/filepath"
	"slices"
	"text/template"

	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/output"
	"github.com/actorgen/actorgen/templates"
)

const (
	// Library is the module of the runtime, and Tool the package of the command.
	Library = "github.com/actorgen/actorgen"
	Tool    = Library + "/cmd/actorgen"
	// goVersion is the version of the language that the library needs.
	goVersion = "1.26"
)

// Config says what to make.
type Config struct {
	// Dir is the absolute directory that takes the files. It need not exist.
	Dir string
	// Module is the path of a new module in Dir. Defaults to the module around
	// Dir, and where there is none to example.com and the name of Dir.
	Module string
	// Version is the version of the library to require where the module requires
	// none, empty where no version of it is known.
	Version string
	// Replace is the absolute directory of a checkout to use instead. Defaults to
	// none.
	Replace string
}

// Project is what a run would write.
type Project struct {
	// Package is the import path of the directory.
	Package string
	// New says that go.mod is among the files.
	New bool
	// Workspace says that a go.work exists which does not know the new module.
	Workspace bool
	// Vendored says that the module keeps its dependencies in vendor.
	Vendored bool
	// Files are what is to be written, sorted by path. None exists.
	Files []model.File

	// edit holds what go mod edit has to do in module.
	edit   []string
	module *module
}

// sources are the templates of the files, by path.
var sources = []struct{ path, text string }{
	{"cmd/send/main.go", templates.InitSend},
	{"tasks/tasks.go", templates.InitTasks},
	{"tasks/tasks_test.go", templates.InitTest},
}

// New plans a project and writes nothing. The error says what is in the way:
// files that exist, above all, are never overwritten.
func New(c Config) (*Project, error) {
	m, err := moduleAround(c.Dir)
	if err != nil {
		return nil, err
	}
	p := &Project{module: m}
	if err := isCheckout(c.Replace); err != nil {
		return nil, err
	}
	if err := p.place(c); err != nil {
		return nil, err
	}
	if err := p.vacant(c.Dir); err != nil {
		return nil, err
	}
	for _, source := range sources {
		if err := p.add(c.Dir, source.path, source.text); err != nil {
			return nil, err
		}
	}
	if err := p.addWorker(c.Dir); err != nil {
		return nil, err
	}
	if err := p.require(c); err != nil {
		return nil, err
	}
	slices.SortFunc(p.Files, func(a, b model.File) int { return cmp.Compare(a.Path, b.Path) })
	return p, nil
}

// Edited reports whether Write changes the go.mod that exists.
func (p *Project) Edited() bool { return len(p.edit) > 0 }

// Write writes the project. go.mod comes first, because its edit may still fail.
func (p *Project) Write() error {
	if p.Edited() {
		if _, err := goCommand(p.module.dir, append([]string{"mod", "edit"}, p.edit...)...); err != nil {
			return err
		}
	}
	return output.Write(p.Files)
}

// place decides on the module and finds the import path.
func (p *Project) place(c Config) error {
	m := p.module
	if m.path != "" {
		relative, err := filepath.Rel(m.dir, c.Dir)
		if err != nil {
			return err
		}
		if err := importable(c.Dir, filepath.ToSlash(relative)); err != nil {
			return err
		}
		if c.Module == "" {
			p.Package = path.Join(m.path, filepath.ToSlash(relative))
			p.Vendored = exists(filepath.Join(m.dir, "vendor"))
			return nil
		}
		if m.dir == c.Dir {
			return fmt.Errorf("directory %q is already that of module %q (leave -module out)", c.Dir, m.path)
		}
	}
	p.New, p.Workspace = true, m.workspace
	p.Package = cmp.Or(c.Module, path.Join("example.com", filepath.Base(c.Dir)))
	if err := importable(p.Package, p.Package); err != nil {
		return fmt.Errorf("%w (choose the path of the new module with -module)", err)
	}
	return nil
}

// add renders a Go file of the project.
func (p *Project) add(dir, name, source string) error { return p.addWith(dir, name, source, p) }

// addWorker renders the worker as the generator will. It is there so that the first
// go mod tidy finds what it imports.
func (p *Project) addWorker(dir string) error {
	module := p.module.path
	if p.New {
		module = p.Package
	}
	type imported struct{ Path, Alias, Name, Args string }
	return p.addWith(dir, worker, templates.Worker, struct {
		Header, Command, Module, Workercmd, Fmt string
		Std, Runtime, Tables, Receivers         []imported
		Context                                 bool
	}{
		Header: model.Header, Command: "worker", Module: module, Workercmd: "workercmd",
		Runtime: []imported{{Path: Library + "/runtime/workercmd"}},
		Tables:  []imported{{Path: p.Package + "/tasks", Name: "tasks"}},
	})
}

func (p *Project) addWith(dir, name, source string, data any) error {
	text, err := execute(name, source, data)
	if err != nil {
		return err
	}
	text, err = format.Source(text)
	if err != nil {
		return fmt.Errorf("format %q: %w", name, err)
	}
	p.Files = append(p.Files, model.File{Path: filepath.Join(dir, filepath.FromSlash(name)), Content: text})
	return nil
}

func execute(name, source string, data any) ([]byte, error) {
	t, err := template.New(name).Parse(source)
	if err != nil {
		return nil, fmt.Errorf("parse the template of %q: %w", name, err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		return nil, fmt.Errorf("execute the template of %q: %w", name, err)
	}
	return out.Bytes(), nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
