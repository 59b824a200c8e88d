package docs

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	anchorLink = regexp.MustCompile(`\]\(([^)#: ]*\.md)?#([^)]+)\)`)
	heading    = regexp.MustCompile("(?m)^#+ (.+)$")
	fenced     = regexp.MustCompile("(?ms)^```.*?^```$")
	dropped    = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// TestAnchorsResolve: a link into a page leads to one of its headings.
func TestAnchorsResolve(t *testing.T) {
	texts := pages(t)
	anchors := make(map[string]map[string]bool)
	for name, text := range texts {
		anchors[name] = make(map[string]bool)
		for _, match := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
			anchors[name][anchorOf(match[1])] = true
		}
	}
	links := 0
	for name, text := range texts {
		for _, match := range anchorLink.FindAllStringSubmatch(text, -1) {
			target := name
			if match[1] != "" {
				target = filepath.Join(filepath.Dir(name), match[1])
			}
			links++
			if found, known := anchors[target]; known && !found[match[2]] {
				t.Errorf("%s: %s has no heading #%s", name, target, match[2])
			}
		}
	}
	if links < 20 {
		t.Errorf("got %d links into pages, want all of them", links)
	}
}

// anchorOf is how a heading is linked to: in lower case, without punctuation, with
// hyphens for spaces.
func anchorOf(heading string) string {
	return strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
}
