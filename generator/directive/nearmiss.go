package directive

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/generator/suggest"
)

// attempt splits a comment as if it were meant to be a directive: other spaces,
// other case, another mark between tool and verb, a block comment.
var attempt = regexp.MustCompile(`^(//|/\*)([ \t]*)(@?)([A-Za-z]+)([ \t]*[-:._/ \t]*)([A-Za-z]*)(.*)`)

// nearMiss reports whether a comment that is no directive of ours was meant to
// be one, and what it should have been. Prose may speak of actors, and of
// directives, everywhere; in the doc comment of a function less of it passes.
func nearMiss(text string, onFunc bool) (hint string, ok bool) {
	m := attempt.FindStringSubmatch(text)
	if m == nil {
		return "", false
	}
	block, spaced, at, word, mark, verb, rest := m[1] == "/*", m[2] != "", m[3] != "", m[4], m[5], m[6], m[7]
	if block {
		rest, _, _ = strings.Cut(rest, "*/")
	}
	rest = strings.TrimRight(rest, " \t\r")
	switch {
	case !isTool(word):
		return "", false
	case strings.HasPrefix(rest, "=") && spaced && !onFunc:
		return "", false
	case strings.HasPrefix(rest, "="): // a key, where the verb should be
		verb, rest = string(Task), " "+verb+rest
	case verb == "": // the tool alone
		ok = strings.HasPrefix(word, tool) && rest == "" && !spaced && (onFunc || strings.Contains(mark, ":"))
		return "write //actor:task", ok
	}
	if strings.Contains(mark, ":") {
		verb = suggest.Nearest(strings.ToLower(verb), verbs)
		ok = verb != "" && (!spaced || at || looksLikeArguments(rest))
	} else { // without a colon it takes more than two words
		ok = mark != "" && slices.Contains(verbs, verb) && word == tool &&
			(areSettings(Verb(verb), rest) || onFunc && verb == string(Task) && strings.TrimSpace(rest) == "")
	}
	return "write //actor:" + verb + rest, ok
}

// isTool reports whether a word is the name of the tool, or was to be: it may be
// one slip away, unless that makes a word of its own.
func isTool(word string) bool {
	word = strings.ToLower(word)
	if word == tool || word == tool+"gen" {
		return true
	}
	// One slip leaves the beginning or the end, which most words do not have.
	return (strings.HasPrefix(word, tool[:2]) || strings.HasSuffix(word, tool[3:])) &&
		word != "factor" && word != "ctor" && suggest.Distance(word, tool) == 1
}

// looksLikeArguments tells the arguments of a directive from the rest of an
// English sentence.
func looksLikeArguments(rest string) bool {
	words := strings.Fields(rest)
	return len(words) == 0 || slices.ContainsFunc(words, isSetting)
}

// areSettings is stricter: nothing but arguments will do.
func areSettings(verb Verb, rest string) bool {
	words := strings.Fields(rest)
	if verb == Queue && len(words) > 1 {
		words = words[1:]
	}
	return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !isSetting(w) })
}

func isSetting(word string) bool { return strings.Contains(word, "=") }

// Mentioned reports whether a source file may hold a directive, or something
// that was meant to be one. It is cheap, and errs towards true.
func Mentioned(source []byte) bool {
	for {
		i := bytes.IndexByte(source, '/')
		if i < 0 || i+1 == len(source) {
			return false
		}
		source = source[i+1:]
		if source[0] != '/' && source[0] != '*' {
			continue
		}
		text := bytes.TrimLeft(source[1:], "@ \t")
		n := 0
		for n < len(text) && 'a' <= text[n]|0x20 && text[n]|0x20 <= 'z' {
			n++
		}
		if 0 < n && n <= len(tool+"gen") && isTool(string(text[:n])) {
			return true
		}
	}
}
