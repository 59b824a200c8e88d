package output

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestHunks(t *testing.T) {
	numbers := func(skip, add int) string {
		var b strings.Builder
		for i := 1; i <= 20; i++ {
			if i != skip {
				fmt.Fprintln(&b, i)
			}
			if i == add {
				fmt.Fprintln(&b, "new")
			}
		}
		return b.String()
	}
	tests := []struct{ name, before, after, want string }{
		{"equal", "a\nb\n", "a\nb\n", ""},
		{"created", "", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n"},
		{"deleted", "a\n", "", "@@ -1,1 +0,0 @@\n-a\n"},
		{"changed", "a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"},
		{"no newline", "a", "a\n", "@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n"},
		{"two hunks", numbers(2, 0), numbers(0, 18), "@@ -1,4 +1,5 @@\n 1\n+2\n 3\n 4\n 5\n@@ -15,5 +16,6 @@\n 16\n 17\n 18\n+new\n 19\n 20\n"},
	}
	for _, test := range tests {
		if got := hunks(split([]byte(test.before)), split([]byte(test.after))); got != test.want {
			t.Errorf("%s: got\n%swant\n%s", test.name, got, test.want)
		}
	}
}

// TestHunksApply checks that a diff turns one text into the other, whatever
// the two are.
func TestHunksApply(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func() []string {
		lines := make([]string, random.IntN(40))
		for i := range lines {
			lines[i] = fmt.Sprintf("%d\n", random.IntN(25))
		}
		return lines
	}
	for range 2000 {
		a, b := text(), text()
		got, err := apply(a, hunks(a, b))
		if err != nil || strings.Join(got, "") != strings.Join(b, "") {
			t.Fatalf("got %q, %v, want %q from %q", got, err, b, a)
		}
	}
}

// apply is a patch program for well-formed diffs.
func apply(lines []string, diff string) ([]string, error) {
	var result []string
	at := 0
	var previous byte
	for _, l := range split([]byte(diff)) {
		var oldFrom, oldCount, newFrom, newCount int
		if n, _ := fmt.Sscanf(l, "@@ -%d,%d +%d,%d @@", &oldFrom, &oldCount, &newFrom, &newCount); n == 4 {
			if oldCount > 0 {
				oldFrom--
			}
			for ; at < oldFrom; at++ {
				result = append(result, lines[at])
			}
			continue
		}
		if l[0] == '\\' { // the line before has no end
			if last := len(result) - 1; last >= 0 && previous != '-' {
				result[last] = strings.TrimSuffix(result[last], "\n")
			}
			continue
		}
		previous = l[0]
		if l[0] != '+' {
			if at >= len(lines) || strings.TrimSuffix(lines[at], "\n") != strings.TrimSuffix(l[1:], "\n") {
				return nil, fmt.Errorf("line %d does not match %q", at+1, l)
			}
			at++
		}
		if l[0] != '-' {
			result = append(result, l[1:])
		}
	}
	return append(result, lines[at:]...), nil
}

// FuzzHunks: a diff turns one text into the other, also where lines look like
// those of a diff.
func FuzzHunks(f *testing.F) {
	for _, pair := range [][2]string{
		{"", "a"}, {"a\nb\nc\n", "a\nc"}, {"-a\n+b\n", "@@ -1,1 +1,1 @@\n"}, {"\\ No newline at end of file\n", "\\"}, {"\r\n\r\n", "\n"},
	} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		a, b := split([]byte(before)), split([]byte(after))
		diff := hunks(a, b)
		if (diff == "") != (before == after) {
			t.Fatalf("%q to %q: got diff %q", before, after, diff)
		}
		if got, err := apply(a, diff); err != nil || strings.Join(got, "") != after {
			t.Fatalf("%q to %q: got %q, %v by\n%s", before, after, got, err, diff)
		}
	})
}
