package amqp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// files writes the certificate of an authority, and one that it has issued.
func files(t *testing.T, ca *rabbittest.Authority, client tls.Certificate) TLSFiles {
	t.Helper()
	dir := t.TempDir()
	f := TLSFiles{CA: filepath.Join(dir, "ca.pem"), Certificate: filepath.Join(dir, "client.pem"), Key: filepath.Join(dir, "client.key")}
	f.write(t, ca, client)
	return f
}

func (f TLSFiles) write(t *testing.T, ca *rabbittest.Authority, client tls.Certificate) {
	t.Helper()
	certificate, key := rabbittest.PEM(t, client)
	for name, text := range map[string][]byte{f.CA: ca.PEM(), f.Certificate: certificate, f.Key: key} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// What is renewed while a transport lives counts from the next connection on:
// here both authorities are replaced.
func TestTLSFilesAreReadForEveryConnection(t *testing.T) {
	t.Parallel()
	first, second := rabbittest.NewAuthority(t), rabbittest.NewAuthority(t)
	certificates := make(chan tls.Certificate, 2)
	authorities := make(chan *rabbittest.Authority, 2)
	seen := make(chan string, 2)
	for _, ca := range []*rabbittest.Authority{first, second} {
		certificates <- ca.Issue("rabbit.test", time.Now().Add(time.Hour))
		authorities <- ca
	}
	address := listenerThat(t, func(c net.Conn) {
		server := tls.Server(c, &tls.Config{
			Certificates: []tls.Certificate{<-certificates}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: (<-authorities).Pool()})
		if err := server.Handshake(); err != nil {
			seen <- err.Error()
			return
		}
		seen <- server.ConnectionState().PeerCertificates[0].Subject.CommonName
	})
	f := files(t, first, first.Issue("one", time.Now().Add(time.Hour)))
	cfg, endpoints, err := Config{URL: "amqps://" + address, TLSFiles: f}.resolve()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"one", "two"} {
		if _, err := dial(t.Context(), cfg, endpoints[0], 0, "test", nil); isRefusal(err) {
			t.Errorf("dial: %v", err)
		}
		if got := <-seen; got != want {
			t.Errorf("the server saw %q, want %q", got, want)
		}
		f.write(t, second, second.Issue("two", time.Now().Add(time.Hour)))
	}
}

// A file that cannot be used is named, before the network is touched.
func TestTLSFilesRefused(t *testing.T) {
	t.Parallel()
	ca := rabbittest.NewAuthority(t)
	good := files(t, ca, ca.Issue("client", time.Now().Add(time.Hour)))
	other := files(t, ca, ca.Issue("other", time.Now().Add(time.Hour)))
	expired := files(t, ca, ca.Issue("old", time.Now().Add(-time.Minute)))
	encrypted := filepath.Join(t.TempDir(), "encrypted.key")
	block := pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("secret")})
	if err := os.WriteFile(encrypted, block, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		url   string
		files TLSFiles
		want  string
	}{
		"no such authorities":       {"amqps://h", TLSFiles{CA: "missing.pem"}, "missing.pem: no such file"},
		"no certificate":            {"amqps://h", TLSFiles{CA: good.Key}, "client.key\" holds no certificate"},
		"a certificate alone":       {"amqps://h", TLSFiles{Certificate: good.Certificate}, "belong together"},
		"a key alone":               {"amqps://h", TLSFiles{Key: good.Key}, "belong together"},
		"a key of another":          {"amqps://h", TLSFiles{Certificate: good.Certificate, Key: other.Key}, "private key does not match public key"},
		"expired":                   {"amqps://h", expired, "client.pem\" has expired"},
		"a key with a password":     {"amqps://h", TLSFiles{Certificate: good.Certificate, Key: encrypted}, "encrypted.key\" has a password"},
		"the wrong way round":       {"amqps://h", TLSFiles{Certificate: good.Key, Key: good.Certificate}, "client.key"},
		"for what is not encrypted": {"amqp://h", good, "write amqps://"},
	} {
		_, err := Dial(t.Context(), Config{URL: c.url, TLSFiles: c.files, Lazy: true})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "PRIVATE KEY-----") {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

// What a certificate lacks is said together with what to do.
func TestFlaws(t *testing.T) {
	t.Parallel()
	ca := rabbittest.NewAuthority(t)
	of := func(certificate tls.Certificate, authority *rabbittest.Authority, name string) string {
		leaf, err := x509.ParseCertificate(certificate.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		_, err = leaf.Verify(x509.VerifyOptions{Roots: authority.Pool(), DNSName: name})
		return flaw(&tls.CertificateVerificationError{Err: err})
	}
	valid := ca.Issue("rabbit.test", time.Now().Add(time.Hour))
	for got, want := range map[string]string{
		of(ca.Issue("rabbit.test", time.Now().Add(-time.Minute)), ca, "rabbit.test"): "(renew it, or set this machine's clock)",
		of(valid, ca, "other.test"):                          "(connect by a name that the certificate has",
		of(valid, rabbittest.NewAuthority(t), "rabbit.test"): "-tls-ca)",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// A URL without TLS at a port with it is answered at once.
func TestPlainURLAtTLSPort(t *testing.T) {
	t.Parallel()
	address := listenerThat(t, func(c net.Conn) { // as RabbitMQ does: Go's server says nothing
		_, _ = c.Read(make([]byte, 8))
		_, _ = c.Write([]byte{21, 3, 3, 0, 2, 2, 10})
	})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err := Dial(ctx, Config{URL: "amqp://guest:secret@" + address})
	if !isRefusal(err) || errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "write amqps://") || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v, want a refusal that says to write amqps://", err)
	}
}
