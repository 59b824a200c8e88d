package rabbittest

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// TLS adds a listener for amqps to a node. The values are PEM.
type TLS struct {
	// Certificate and Key are the node's own.
	Certificate, Key []byte
	// ClientAuthority signs the certificates of clients. Where it is set, a
	// client without one is refused. Defaults to asking for none.
	ClientAuthority []byte
}

// TLSAddr returns the host and port of the amqps listener, for a [Proxy]; it is
// empty on a node without Options.TLS.
func (n *Node) TLSAddr() string {
	if n.ports.tls == 0 {
		return ""
	}
	return loopback(n.ports.tls)
}

// TLSURL connects over TLS as the administrator to virtual host "/".
func (n *Node) TLSURL() string { return "amqps://guest:guest@" + n.TLSAddr() + "/" }

// configureTLS writes the node's certificates, which a restart reads again, and
// returns the settings that use them.
func (n *Node) configureTLS(o TLS) (settings string, err error) {
	var lines strings.Builder
	fmt.Fprintf(&lines, "listeners.ssl.1 = %s\n", n.TLSAddr())
	write := func(setting, name string, pem []byte) {
		err = errors.Join(err, os.WriteFile(n.path(name), pem, 0o600))
		fmt.Fprintf(&lines, "ssl_options.%s = %s\n", setting, n.seen(name))
	}
	write("certfile", "certificate.pem", o.Certificate)
	write("keyfile", "key.pem", o.Key)
	if len(o.ClientAuthority) > 0 {
		write("cacertfile", "authority.pem", o.ClientAuthority)
		lines.WriteString("ssl_options.verify = verify_peer\nssl_options.fail_if_no_peer_cert = true\n")
	}
	return lines.String(), err
}
