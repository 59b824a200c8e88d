package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"text/template"

	"github.com/actorgen/actorgen/generator/diagnostic"
	"github.com/actorgen/actorgen/generator/scaffold"
	"github.com/actorgen/actorgen/templates"
)

// initProject writes a first project, and says what to do next.
func initProject(_ context.Context, args []string, stdout, stderr io.Writer) int {
	var c scaffold.Config
	dirs, err := parse("init", initHelp, args, stdout, func(flags *flag.FlagSet) {
		flags.StringVar(&c.Module, "module", "", "")
		flags.StringVar(&c.Replace, "replace", "", "")
	})
	if errors.Is(err, errHelp) {
		return exitDone
	}
	if err == nil && len(dirs) > 1 {
		err = fmt.Errorf("init takes one directory, got %s", strings.Join(dirs, " "))
	}
	if err != nil {
		return fail(stderr, err)
	}
	dir := "."
	if len(dirs) == 1 {
		dir = cmp.Or(dirs[0], ".")
	}
	if err := makeProject(c, dir, stdout); err != nil {
		return fail(stderr, err)
	}
	return exitDone
}

func makeProject(c scaffold.Config, dir string, stdout io.Writer) error {
	working, err := os.Getwd()
	if err != nil {
		return err
	}
	if c.Dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	if c.Replace != "" {
		if c.Replace, err = filepath.Abs(c.Replace); err != nil {
			return err
		}
	}
	c.Version = released()
	p, err := scaffold.New(c)
	if err != nil {
		return err
	}
	next, err := nextSteps(p, working, c.Dir)
	if err != nil {
		return err
	}
	if err := p.Write(); err != nil {
		return err
	}
	_, err = stdout.Write(next)
	return err
}

// nextSteps says what is written into dir, as seen from the working directory, and
// what to do with it.
func nextSteps(p *scaffold.Project, working, dir string) ([]byte, error) {
	text, err := template.New("next").Parse(templates.InitNext)
	if err != nil {
		return nil, fmt.Errorf("parse the template of the next steps: %w", err)
	}
	data := struct {
		*scaffold.Project
		Sub   string
		Names []string
	}{Project: p}
	if sub := diagnostic.Relative(working, dir); sub != "." {
		data.Sub = filepath.ToSlash(sub)
	}
	for _, f := range p.Files {
		data.Names = append(data.Names, filepath.ToSlash(diagnostic.Relative(working, f.Path)))
	}
	var out bytes.Buffer
	if err := text.Execute(&out, data); err != nil {
		return nil, fmt.Errorf("execute the template of the next steps: %w", err)
	}
	return out.Bytes(), nil
}

// released returns the version of this build if modules can require it: if it
// came from a module cache, not from a checkout.
func released() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Path != scaffold.Library || info.Main.Sum == "" {
		return ""
	}
	return info.Main.Version
}
