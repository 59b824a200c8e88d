package amqp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
)

// secure puts TLS on conn, which it closes where that fails. What is wrong with
// either side's certificate, or with the port, is a refusal.
func secure(ctx context.Context, conn net.Conn, config *tls.Config) (net.Conn, error) {
	client := tls.Client(conn, config)
	err := client.HandshakeContext(ctx)
	if err == nil {
		return client, nil
	}
	conn.Close()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("TLS handshake: %w", context.Cause(ctx))
	}
	return nil, tlsFailure(err)
}

// tlsConfig is what one connection to host is made with; nil where it has no TLS.
func (e endpoint) tlsConfig(cfg Config) (*tls.Config, error) {
	if !e.tls {
		return nil, nil
	}
	config, err := cfg.TLSFiles.over(cfg.TLS)
	if err == nil && config.ServerName == "" {
		config.ServerName = e.host
	}
	return config, err
}

func tlsFailure(err error) error {
	var unverified *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &unverified):
		return &refusal{reason: "the broker's certificate is not accepted: " + flaw(unverified), cause: err}
	case errors.As(err, &record):
		return &refusal{reason: "the port does not speak TLS (amqps wants the broker's TLS port, usually 5671)", cause: err}
	}
	if alert := alertOf(err); alert != nil {
		return alert
	}
	return fmt.Errorf("TLS handshake: %w", steady(err))
}

// flaw says what is wrong with a certificate, and what to do. The standard text of
// an expired one ends in the current time, which would make every attempt news.
func flaw(unverified *tls.CertificateVerificationError) string {
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	switch {
	case errors.As(unverified, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		return "certificate has expired or is not yet valid: it is valid from " + validity(invalid.Cert) +
			" (renew it, or set this machine's clock)"
	case errors.As(unverified, &name):
		return unverified.Err.Error() + " (connect by a name that the certificate has, or issue it for this one)"
	case errors.As(unverified, &authority):
		return unverified.Err.Error() + " (give the certificate of the broker's authority as Config.TLSFiles.CA or -tls-ca)"
	}
	return unverified.Err.Error()
}

// alertOf returns what the broker says about our side of the TLS handshake, nil
// if that is not what err is. With TLS 1.3 it comes after our handshake.
func alertOf(err error) error {
	var remote *net.OpError
	if !errors.As(err, &remote) || remote.Op != "remote error" {
		return nil
	}
	return &refusal{reason: fmt.Sprintf("the broker refuses our side of TLS: %v (check the client certificate in Config.TLSFiles or -tls-cert: "+
		"the broker's authority for clients must have signed it)", remote.Err), cause: err}
}
