package output

import (
	"fmt"
	"slices"
	"strings"
)

// margin is the number of equal lines around a difference.
const margin = 3

// split cuts a file into lines that keep their ends.
func split(content []byte) []string {
	if len(content) == 0 {
		return nil
	}
	lines := strings.SplitAfter(string(content), "\n")
	if lines[len(lines)-1] == "" {
		return lines[:len(lines)-1]
	}
	return lines
}

// line is one line of a diff: ' ', '-' or '+' and the text.
type line struct {
	mark byte
	text string
}

// hunks prints the differences with a few equal lines around them.
func hunks(a, b []string) string {
	var lines []line
	i, j := 0, 0
	for _, p := range append(match(a, b), pair{len(a), len(b)}) {
		for ; i < p.a; i++ {
			lines = append(lines, line{'-', a[i]})
		}
		for ; j < p.b; j++ {
			lines = append(lines, line{'+', b[j]})
		}
		if p.a < len(a) {
			lines = append(lines, line{' ', a[i]})
			i, j = i+1, j+1
		}
	}
	var out strings.Builder
	oldLine, newLine := 1, 1
	for from := 0; from < len(lines); {
		start, end := nextHunk(lines, from)
		if start == end {
			break
		}
		for _, l := range lines[from:start] {
			oldLine, newLine = advance(l, oldLine, newLine)
		}
		oldEnd, newEnd := oldLine, newLine
		for _, l := range lines[start:end] {
			oldEnd, newEnd = advance(l, oldEnd, newEnd)
		}
		fmt.Fprintf(&out, "@@ -%s +%s @@\n", extent(oldLine, oldEnd), extent(newLine, newEnd))
		for _, l := range lines[start:end] {
			out.WriteByte(l.mark)
			out.WriteString(l.text)
			if !strings.HasSuffix(l.text, "\n") {
				out.WriteString("\n\\ No newline at end of file\n")
			}
		}
		from, oldLine, newLine = end, oldEnd, newEnd
	}
	return out.String()
}

// nextHunk finds the lines of the next hunk; differences whose margins touch
// share one.
func nextHunk(lines []line, from int) (start, end int) {
	first := slices.IndexFunc(lines[from:], func(l line) bool { return l.mark != ' ' })
	if first < 0 {
		return from, from
	}
	first += from
	last := first
	for i := first; i < len(lines) && i <= last+2*margin+1; i++ {
		if lines[i].mark != ' ' {
			last = i
		}
	}
	return max(from, first-margin), min(len(lines), last+margin+1)
}

func advance(l line, oldLine, newLine int) (int, int) {
	if l.mark != '+' {
		oldLine++
	}
	if l.mark != '-' {
		newLine++
	}
	return oldLine, newLine
}

// extent is the range of a hunk in one file. An empty range names the line
// before it.
func extent(from, to int) string {
	if from == to {
		return fmt.Sprintf("%d,0", from-1)
	}
	return fmt.Sprintf("%d,%d", from, to-from)
}
