package generator

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/actorgen/actorgen/generator/analysis"
	"github.com/actorgen/actorgen/generator/contract"
	"github.com/actorgen/actorgen/generator/emit"
	"github.com/actorgen/actorgen/generator/load"
	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/workermain"
)

func run(ctx context.Context, c Config) (Result, error) {
	dir, err := workingDir(c.Dir)
	if err != nil {
		return Result{}, err
	}
	module, err := load.Syntax(ctx, dir, c.Patterns)
	if err != nil {
		return Result{}, err
	}
	analysed := analysis.Syntax(module)
	if c.Stubs != "" {
		if err := analysed.MoveStubs(c.Stubs); err != nil {
			return Result{}, err
		}
	}
	errors, err := module.Check(ctx, analysed.Roots())
	if err != nil {
		return Result{}, err
	}
	all := analysed.Types(errors)
	packages := matched(module, all)
	diagnostics := analysed.Diagnostics
	var worker *workermain.Main
	if c.Main != "" {
		worker, err = workermain.New(module, absolute(dir, c.Main), packages, &diagnostics)
		if err != nil {
			return Result{}, err
		}
	}
	result := Result{Packages: packages, ModuleDir: module.Dir, Diagnostics: diagnostics.Sorted(dir)}
	if len(diagnostics) > 0 {
		return result, nil
	}
	result.Contract = contract.Of(module, all)
	result.Files, err = files(module, packages, worker)
	return result, err
}

// files emits what belongs into the matched packages, and says which old
// outputs must go.
func files(module *load.Module, packages []*model.Package, worker *workermain.Main) ([]model.File, error) {
	var files []model.File
	live := make(map[string]bool)
	add := func(place model.Place, content []byte, err error) error {
		if err != nil {
			return fmt.Errorf("generate code for %q: %w", place.Path, err)
		}
		live[place.Path] = true
		files = append(files, model.File{Path: filepath.Join(place.Dir, model.FileName), Content: content})
		return nil
	}
	for _, p := range packages {
		content, err := emit.Package(p)
		if err := add(p.Place, content, err); err != nil {
			return nil, err
		}
		if p.Stubs == nil {
			continue
		}
		content, err = emit.Stubs(p)
		if err := add(*p.Stubs, content, err); err != nil {
			return nil, err
		}
	}
	for _, p := range module.Packages {
		if p.Output != "" && !live[p.Path] && module.MayRemove(p) {
			files = append(files, model.File{Path: p.Output})
		}
	}
	if worker != nil {
		file, err := worker.File()
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	slices.SortFunc(files, func(a, b model.File) int { return cmp.Compare(a.Path, b.Path) })
	return files, nil
}

// matched keeps the packages that the patterns name.
func matched(module *load.Module, packages []*model.Package) []*model.Package {
	names := make(map[string]bool)
	for _, p := range module.Packages {
		names[p.Path] = p.Matched
	}
	return slices.DeleteFunc(slices.Clone(packages), func(p *model.Package) bool { return !names[p.Path] })
}

func workingDir(dir string) (string, error) {
	if dir == "" {
		return os.Getwd()
	}
	return filepath.Abs(dir)
}

func absolute(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}
