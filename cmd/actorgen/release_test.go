package main

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
)

// release makes a module proxy with this repository as the version given, for
// what a user does with a release: release v1.2.3. Everything else comes from the
// module cache, into one of the script's own, which a fake release may fill.
func release(ts *testscript.TestScript, _ bool, args []string) {
	version, repo, proxy := args[0], ts.Getenv("REPO"), ts.MkAbs("proxy")
	dir := filepath.Join(proxy, filepath.FromSlash(library), "@v")
	ts.Check(os.MkdirAll(dir, 0o777))
	mod, err := os.ReadFile(filepath.Join(repo, "go.mod"))
	ts.Check(err)
	for name, content := range map[string]string{
		"list":            version + "\n",
		version + ".info": fmt.Sprintf(`{"Version":%q,"Time":"2026-01-02T03:04:05Z"}`, version),
		version + ".mod":  string(mod),
	} {
		ts.Check(os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666))
	}
	file, err := os.Create(filepath.Join(dir, version+".zip"))
	ts.Check(err)
	archive := zip.NewWriter(file)
	ts.Check(packed(archive, repo, library+"@"+version+"/"))
	ts.Check(archive.Close())
	ts.Check(file.Close())
	ts.Setenv("GOPROXY", "file://"+proxy+",file://"+ts.Getenv("GOMODCACHE")+"/cache/download")
	ts.Setenv("GOMODCACHE", ts.MkAbs("modules"))
	// -trimpath lets the build cache know packages whatever directory they are in.
	ts.Setenv("GOFLAGS", "-mod=mod -modcacherw -trimpath")
}

const library = "github.com/actorgen/actorgen"

// packed writes what a release needs to be built.
func packed(archive *zip.Writer, repo, prefix string) error {
	for _, part := range []string{"go.mod", "LICENSE", "cmd", "generator", "runtime", "templates"} {
		err := filepath.WalkDir(filepath.Join(repo, part), func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && entry.Name() == "testdata":
				return fs.SkipDir
			case !entry.Type().IsRegular():
				return nil
			}
			name, err := filepath.Rel(repo, path)
			if err != nil {
				return err
			}
			return pack(archive, prefix+filepath.ToSlash(name), path)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func pack(archive *zip.Writer, name, path string) error {
	source, err := os.Open(path)
	if err != nil {
		return err
	}
	defer source.Close()
	w, err := archive.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, source)
	return err
}
