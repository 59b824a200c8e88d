package docs

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const fixtures = "../testdata/wire"

var wireRow = regexp.MustCompile("(?m)^\\|.*\\| `([0-9a-f]+)` \\| ([a-z0-9-]+) \\|$")

// TestWirePageShowsTheFixtures: the bytes on the page are those that the codec
// and the transport are tested with.
func TestWirePageShowsTheFixtures(t *testing.T) {
	page, err := os.ReadFile("wire.md")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(filepath.Join(fixtures, "values.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	bytes := make(map[string]string)
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, hex, ok := strings.Cut(lines.Text(), " "); ok && name != "#" {
			bytes[name] = strings.TrimSpace(hex)
		}
	}
	rows := wireRow.FindAllStringSubmatch(string(page), -1)
	for _, row := range rows {
		if got, want := row[1], bytes[row[2]]; got != want {
			t.Errorf("%s: the page shows %s, the fixture is %q", row[2], got, want)
		}
	}
	if hex := strings.Count(string(page), "` | "); len(rows) < 35 || len(rows) > hex {
		t.Errorf("got %d rows with a fixture, want those of the table", len(rows))
	}
	for _, name := range []string{"plain", "delayed", "retry", "request", "reply"} {
		message, err := os.ReadFile(filepath.Join(fixtures, "amqp", name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(page), "```\n"+string(message)+"```\n") {
			t.Errorf("the page does not show the message %q as the fixture has it", name)
		}
	}
}
