package directive

import (
	"regexp"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/generator/suggest"
)

// attempt matches comments that somebody may have meant to be a directive:
// other spaces, other case, a plural, a block comment.
var attempt = regexp.MustCompile(`^(//|/\*)([ \t]*)([A-Za-z]+)([ \t]*):([ \t]*)([A-Za-z]+)(.*)`)

// nearMiss reports whether a comment that is no directive of ours was meant to
// be one, and what it should have been.
func nearMiss(text string) (hint string, ok bool) {
	m := attempt.FindStringSubmatch(text)
	if m == nil {
		return "", false
	}
	block, word, verb, rest := m[1] == "/*", strings.ToLower(m[3]), strings.ToLower(m[6]), m[7]
	if word != tool && word != tool+"s" && word != tool+"gen" {
		return "", false
	}
	verb = suggest.Nearest(verb, verbs)
	if verb == "" {
		return "", false
	}
	if block {
		rest, _, _ = strings.Cut(rest, "*/")
	}
	rest = strings.TrimRight(rest, " \t\r")
	if m[2] != "" && !looksLikeArguments(rest) {
		return "", false // prose that speaks of a directive
	}
	return "write //actor:" + verb + rest, true
}

// looksLikeArguments tells the arguments of a directive from the rest of an
// English sentence.
func looksLikeArguments(rest string) bool {
	words := strings.Fields(rest)
	return len(words) == 0 || slices.ContainsFunc(words, func(w string) bool { return strings.Contains(w, "=") })
}

// Mentions are the byte strings of which every file with a directive, or with
// something that was meant to be one, contains at least one.
var Mentions = []string{"actor:", "actors:", "actorgen:", "Actor:", "Actors:", "ACTOR:", "actor :"}
