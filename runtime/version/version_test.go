package version

import (
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

func TestLine(t *testing.T) {
	platform := "go1.26.0 " + runtime.GOOS + "/" + runtime.GOARCH
	released := debug.Module{Path: library, Version: "v1.2.3", Sum: "h1:x"}
	fromDirectory := debug.Module{Path: library, Version: "v0.0.0", Replace: &debug.Module{Path: "../actorgen", Version: devel}}
	for name, c := range map[string]struct {
		info debug.BuildInfo
		want string
	}{
		"go install @version": {
			debug.BuildInfo{Main: released},
			"x v1.2.3 (" + platform + ")",
		},
		"a clone": {
			debug.BuildInfo{
				Main: debug.Module{Path: library, Version: "v1.2.4-0.20260102030405-0123456789ab+dirty"},
				Settings: []debug.BuildSetting{{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: "0123456789abcdef"},
					{Key: "vcs.modified", Value: "true"}},
			},
			"x v1.2.4-0.20260102030405-0123456789ab+dirty (revision 0123456789abcdef, modified, " + platform + ")",
		},
		"a clean clone": {
			debug.BuildInfo{Main: released, Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "01"}, {Key: "vcs.modified", Value: "false"}}},
			"x v1.2.3 (revision 01, " + platform + ")",
		},
		"go tool, from a directory": {
			debug.BuildInfo{Main: fromDirectory},
			"x (devel) (" + platform + ")",
		},
		"go run": {
			debug.BuildInfo{Main: debug.Module{Path: library}},
			"x (devel) (" + platform + ")",
		},
		"a user's worker": {
			debug.BuildInfo{
				Main: debug.Module{Path: "example.com/shop", Version: "v0.9.1"},
				Deps: []*debug.Module{{Path: "example.com/other", Version: "v7.0.0"}, &released},
			},
			"x v0.9.1 (module example.com/shop, actorgen v1.2.3, " + platform + ")",
		},
		"a user's worker with a fork": {
			debug.BuildInfo{
				Main: debug.Module{Path: "example.com/shop"},
				Deps: []*debug.Module{{Path: library, Version: "v1.2.3", Replace: &debug.Module{Path: "example.com/fork", Version: "v1.2.9"}}},
			},
			"x (devel) (module example.com/shop, actorgen v1.2.9, " + platform + ")",
		},
		"no modules": {debug.BuildInfo{}, "x (devel) (" + platform + ")"},
	} {
		c.info.GoVersion = "go1.26.0"
		if got := line("x", &c.info); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	if got := line("x", nil); !strings.Contains(got, runtime.Version()) {
		t.Errorf("without build information: got %q, want the version of Go", got)
	}
}

func TestLibrary(t *testing.T) {
	for want, info := range map[string]*debug.BuildInfo{
		"v1.2.3": {Main: debug.Module{Path: library, Version: "v1.2.3"}},
		"v1.2.4": {Main: debug.Module{Path: "example.com/shop", Version: "v9.0.0"}, Deps: []*debug.Module{{Path: library, Version: "v1.2.4"}}},
		devel:    {Main: debug.Module{Path: "example.com/shop", Version: "v9.0.0"}},
	} {
		if got := libraryIn(info); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
