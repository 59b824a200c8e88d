package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestHelpFits: the usage fits one screen, and no help is wider than one.
func TestHelpFits(t *testing.T) {
	if lines := strings.Count(usage, "\n"); lines > 24 {
		t.Errorf("usage: got %d lines, want at most 24", lines)
	}
	var table bytes.Buffer
	options(&table)
	texts := map[string]string{"options": table.String()}
	for _, c := range commands() {
		texts[c.name] = c.help
	}
	for name, text := range texts {
		for line := range strings.Lines(text) {
			line = strings.ReplaceAll(strings.TrimSuffix(line, "\n"), "\t", "        ")
			if width := utf8.RuneCountInString(line); width > 84 {
				t.Errorf("%s: got %d columns, want at most 84: %s", name, width, line)
			}
		}
	}
}

// TestUsageNamesAll: no command is missing in the usage, and none in the scripts
// that compare help with -h.
func TestUsageNamesAll(t *testing.T) {
	for _, name := range names() {
		if !strings.Contains(usage, "\n       actorgen "+name) {
			t.Errorf("usage: got no line for %q", name)
		}
	}
}
