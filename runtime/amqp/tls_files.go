package amqp

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// TLSFiles name the PEM files of TLS connections. They are read for every
// connection, so that what is renewed counts from the next one on. The zero value
// names none.
type TLSFiles struct {
	// CA holds the certificates of those who may have signed the broker's.
	// Defaults to the system's authorities.
	CA string
	// Certificate holds the client's certificate, followed by those between it
	// and its authority, and Key its private key, which has no password. Both may
	// be in one file. Defaults to no client certificate.
	Certificate, Key string
}

// Config reads the files, which takes no network. The error says what is wrong
// with which of them, and shows nothing of a key.
func (f TLSFiles) Config() (*tls.Config, error) { return f.over(nil) }

// over returns a copy of config, nil for the default, with what the files hold.
func (f TLSFiles) over(config *tls.Config) (*tls.Config, error) {
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	config = config.Clone()
	if f.CA != "" {
		text, err := os.ReadFile(f.CA)
		if err != nil {
			return nil, fmt.Errorf("TLS authorities: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("TLS authorities: %q holds no certificate (want PEM, -----BEGIN CERTIFICATE-----)", f.CA)
		}
	}
	if f.Certificate != "" || f.Key != "" {
		client, err := f.client()
		if err != nil {
			return nil, fmt.Errorf("TLS client certificate: %w", err)
		}
		config.Certificates, config.GetClientCertificate = []tls.Certificate{client}, nil
	}
	return config, nil
}

func (f TLSFiles) client() (tls.Certificate, error) {
	if f.Certificate == "" || f.Key == "" {
		return tls.Certificate{}, errors.New("the certificate and its key belong together (name a file for either)")
	}
	certificate, err := os.ReadFile(f.Certificate)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := os.ReadFile(f.Key)
	if err != nil {
		return tls.Certificate{}, err
	}
	if isEncrypted(key) {
		return tls.Certificate{}, fmt.Errorf("the key in %q has a password (store it without one: openssl pkey -in … -out …)", f.Key)
	}
	client, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return client, fmt.Errorf("%q with key %q: %w", f.Certificate, f.Key, err)
	}
	if leaf := client.Leaf; time.Now().After(leaf.NotAfter) {
		return client, fmt.Errorf("%q has expired: it is valid from %s (renew it)", f.Certificate, validity(leaf))
	}
	return client, nil
}

// isEncrypted recognizes both forms of keys with a password.
func isEncrypted(key []byte) bool {
	for block, rest := pem.Decode(key); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
			return true
		}
	}
	return false
}

func validity(c *x509.Certificate) string {
	return c.NotBefore.UTC().Format(time.RFC3339) + " to " + c.NotAfter.UTC().Format(time.RFC3339)
}
