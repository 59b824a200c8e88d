package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestReleaseCheck: what is not ready to be released is refused, for every reason
// there is.
func TestReleaseCheck(t *testing.T) {
	cache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, "GOCACHE="+strings.TrimSpace(string(cache)), "GOTOOLCHAIN=local", "GOFLAGS=",
				"GIT_AUTHOR_NAME=x", "GIT_AUTHOR_EMAIL=x@example.com", "GIT_COMMITTER_NAME=x", "GIT_COMMITTER_EMAIL=x@example.com")
			script, err := os.ReadFile("../.ci/release-check")
			if err != nil {
				return err
			}
			if err := os.Mkdir(filepath.Join(e.WorkDir, ".ci"), 0o777); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(e.WorkDir, ".ci", "release-check"), script, 0o777)
		},
	})
}
