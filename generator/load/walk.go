package load

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/actorgen/actorgen/generator/model"
)

// maxEntries bounds the directory entries of a glance. Whatever go list makes of
// a larger tree takes much longer than what a glance saves.
const maxEntries = 100_000

// sourcesIn reads the Go files of the module in root. The content of those that
// mention no directive is dropped, and so are files that cannot be read.
func sourcesIn(root string) []source {
	var paths []string
	entries := 0
	root = filepath.Join(root, ".")
	err := filepath.WalkDir(root+string(filepath.Separator), func(path string, entry fs.DirEntry, err error) error {
		if entries++; err != nil || entries > maxEntries {
			return fs.SkipAll
		}
		name := entry.Name()
		switch {
		case !entry.IsDir() && isSource(name):
			paths = append(paths, path)
		case entry.IsDir() && filepath.Join(path, ".") != root && isLeftOut(path, name):
			return fs.SkipDir
		}
		return nil
	})
	if err != nil || entries > maxEntries {
		return nil
	}
	return read(paths, func(s source) source {
		if !s.mentions() {
			s.content = nil
		}
		return s
	})
}

// isLeftOut reports whether no pattern matches what a directory holds.
func isLeftOut(path, name string) bool {
	return name == "vendor" || name == "testdata" || name[0] == '.' || name[0] == '_' || exists(filepath.Join(path, "go.mod"))
}

// namesIn returns the paths of the Go files in a directory.
func namesIn(dir string) []string {
	var paths []string
	entries, _ := os.ReadDir(dir) // whoever needs it says what is wrong with it
	for _, entry := range entries {
		if isSource(entry.Name()) {
			paths = append(paths, filepath.Join(dir, entry.Name()))
		}
	}
	return paths
}

// readable reads files, and leaves out those that cannot be read.
func readable(paths []string) []source {
	return read(paths, func(s source) source { return s })
}

// read is readable for what keep makes of each file.
func read(paths []string, keep func(source) source) []source {
	all := make([]source, len(paths))
	each(len(paths), func(i int) {
		if content, err := os.ReadFile(paths[i]); err == nil {
			all[i] = keep(source{paths[i], content})
		}
	})
	sources := all[:0]
	for _, s := range all {
		if s.path != "" {
			sources = append(sources, s)
		}
	}
	return sources
}

// each calls f for the numbers below n, on all processors.
func each(n int, f func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				f(int(i))
			}
		})
	}
	wg.Wait()
}

func isSource(name string) bool {
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && name != model.FileName &&
		name[0] != '.' && name[0] != '_'
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
