package docs

import (
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/runtime/amqp"
)

func readSecurity(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("security.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestSecurityPageShowsPermissions: they are what the command prints.
func TestSecurityPageShowsPermissions(t *testing.T) {
	lock := filepath.Join(t.TempDir(), "actors.lock")
	if err := os.WriteFile(lock, []byte("actors.lock version 1\n\nqueue emails\nqueue reports max-length=1000\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	printed, err := exec.Command("go", "run", "../cmd/actorctl", "topology", "permissions", "-lock", lock, "-prefix", "shop.").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(readSecurity(t), "```\n"+string(printed)+"```\n") {
		t.Errorf("the page does not show what actorctl prints:\n%s", printed)
	}
}

// TestCertificatesOfSecurityPage: the commands make certificates that serve both
// sides.
func TestCertificatesOfSecurityPage(t *testing.T) {
	block := shellBlock.FindStringSubmatch(readSecurity(t))
	if block == nil {
		t.Fatal("security.md has no commands")
	}
	dir := t.TempDir()
	commands := exec.Command("sh", "-e", "-c", block[1])
	commands.Dir = dir
	if output, err := commands.CombinedOutput(); err != nil {
		t.Fatalf("%v (it takes openssl):\n%s", err, output)
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct {
		name, host string
		use        x509.ExtKeyUsage
	}{
		{"server", "rabbit.test", x509.ExtKeyUsageServerAuth},
		{"client", "", x509.ExtKeyUsageClientAuth},
	} {
		config, err := amqp.TLSFiles{CA: file("ca.pem"), Certificate: file(c.name + ".pem"), Key: file(c.name + ".key")}.Config()
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		_, err = config.Certificates[0].Leaf.Verify(x509.VerifyOptions{
			Roots: config.RootCAs, DNSName: c.host, KeyUsages: []x509.ExtKeyUsage{c.use}})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
