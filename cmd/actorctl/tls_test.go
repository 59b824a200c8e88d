package main

import (
	"bytes"
	"crypto/tls"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// TestTLS: a broker with an authority of its own lets in who has a certificate,
// whose name is the user's, and asks for no password.
func TestTLS(t *testing.T) {
	ca := rabbittest.NewAuthority(t)
	server := ca.Issue("rabbit.test", time.Now().Add(time.Hour))
	certificate, key := rabbittest.PEM(t, server)
	node := rabbittest.MustStart(t, rabbittest.Options{
		TLS:        &rabbittest.TLS{Certificate: certificate, Key: key, ClientAuthority: ca.PEM()},
		Management: true, Plugins: []string{"rabbitmq_auth_mechanism_ssl"},
		Config: "auth_mechanisms.1 = EXTERNAL\nauth_mechanisms.2 = PLAIN\nssl_cert_login_from = common_name\n",
	})
	for _, arguments := range [][]string{{"add_user", "deployer", "unused"}, {"set_permissions", "deployer", ".*", ".*", ".*"}} {
		if _, err := node.Ctl(t.Context(), append([]string{"--quiet"}, arguments...)...); err != nil {
			t.Fatal(err)
		}
	}
	target, err := url.Parse(node.ManagementURL())
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(target))
	api.TLS = &tls.Config{Certificates: []tls.Certificate{server}}
	api.StartTLS()
	defer api.Close()

	dir := t.TempDir()
	write := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	certificate, key = rabbittest.PEM(t, ca.Issue("deployer", time.Now().Add(time.Hour)))
	lock := write("actors.lock", []byte("actors.lock version 1\n\nqueue emails\n"))
	trust := []string{"-tls-ca", write("ca.pem", ca.PEM())}
	show := []string{"-tls-cert", write("client.pem", certificate), "-tls-key", write("client.key", key)}
	external := "amqps://" + node.TLSAddr() + "/?auth_mechanism=external"
	withPassword := "amqps://guest:secret@" + node.TLSAddr() + "/"
	apiURL := strings.Replace(api.URL, "://", "://guest:guest@", 1)
	for _, c := range []struct {
		name string
		args [][]string
		code int
		want string
	}{
		{"its certificate", [][]string{{"-broker", external}, trust, show}, exitDiffers, "missing"},
		{"the API, too", [][]string{{"-broker", external, "-api", apiURL}, trust, show}, exitDiffers, "missing"},
		{"a wrong password", [][]string{{"-broker", withPassword}, trust, show}, exitFailed, "check user, password"},
		{"the system's authorities", [][]string{{"-broker", external}, show}, exitFailed, "-tls-ca)"},
		{"the API, the system's authorities", [][]string{{"-broker", node.URL(), "-api", apiURL}}, exitFailed, "-tls-ca)"},
		{"another name", [][]string{{"-broker", strings.Replace(external, "127.0.0.1", "localhost", 1)}, trust, show}, exitFailed, "connect by a name"},
		{"no certificate", [][]string{{"-broker", external}, trust}, exitFailed, "check the client certificate"},
		{"a port without TLS", [][]string{{"-broker", "amqps://guest:secret@" + node.Addr() + "/"}, trust}, exitFailed, "does not speak TLS"},
		{"a port with TLS", [][]string{{"-broker", "amqp://guest:secret@" + node.TLSAddr() + "/"}}, exitFailed, "write amqps://"},
		{"an API without TLS", [][]string{{"-broker", node.URL(), "-api", strings.Replace(node.ManagementURL(), "http", "https", 1)}, trust}, exitFailed, "15671"},
		{"an API with TLS", [][]string{{"-broker", node.URL(), "-api", strings.Replace(apiURL, "https", "http", 1)}}, exitFailed, "400"},
		{"files for nothing", [][]string{{"-broker", node.URL()}, trust}, exitUsage, "write amqps://"},
		{"half a pair", [][]string{{"-broker", external}, show[:2]}, exitUsage, "belong together"},
	} {
		args := []string{"topology", "plan", "-lock", lock}
		for _, more := range c.args {
			args = append(args, more...)
		}
		var said bytes.Buffer
		none := func(string) string { return "" }
		start := time.Now()
		code := process{none, nil, &said, &said}.run(t.Context(), args)
		if took := time.Since(start); code != c.code || !strings.Contains(said.String(), c.want) || took > 15*time.Second {
			t.Errorf("%s: got %d after %s, want %d and %q:\n%s", c.name, code, took, c.code, c.want, &said)
		}
		if strings.Contains(said.String(), "secret") || strings.Contains(said.String(), "guest:guest") {
			t.Errorf("%s: got a password in the output:\n%s", c.name, &said)
		}
	}
}
