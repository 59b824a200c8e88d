package emit

import "testing"

func TestGrouped(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"none", "package p\n\nvar A = 1", "package p\n\nvar A = 1"},
		{"one", "package p\n\nimport \"time\"\n", "package p\n\nimport \"time\"\n"},
		{"standard", "package p\n\nimport (\n\t\"context\"\n\t\"time\"\n)\n", "package p\n\nimport (\n\t\"context\"\n\t\"time\"\n)\n"},
		{"others", "package p\n\nimport (\n\t\"a.b/c\"\n\td2 \"a.b/d\"\n)\n", "package p\n\nimport (\n\t\"a.b/c\"\n\td2 \"a.b/d\"\n)\n"},
		{"both", "package p\n\nimport (\n\tc \"a.b/c\"\n\t\"context\"\n\td \"a.b/d\"\n\t\"net/http\"\n)\n\nvar A = 1",
			"package p\n\nimport (\n\t\"context\"\n\t\"net/http\"\n\n\tc \"a.b/c\"\n\td \"a.b/d\"\n)\n\nvar A = 1"},
	}
	for _, test := range tests {
		if got := string(grouped([]byte(test.in))); got != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
}
