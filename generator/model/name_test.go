package model

import "testing"

func TestVariable(t *testing.T) {
	for name, want := range map[string]string{
		"Mailer":     "mailer",
		"HTTPClient": "httpClient",
		"DB":         "db",
		"X":          "x",
		"S3Bucket":   "s3Bucket",
		"clerk":      "clerk",
		"Émetteur":   "émetteur",
		"日本":         "日本",
		"":           "",
	} {
		if got := Variable(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
