package amqp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"
)

// secure puts TLS on conn, which it closes where that fails. What is wrong with
// either side's certificate, or with the port, is a refusal.
func secure(ctx context.Context, conn net.Conn, config *tls.Config, host string) (net.Conn, error) {
	client := tls.Client(conn, tlsConfig(config, host))
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

func tlsConfig(config *tls.Config, host string) *tls.Config {
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	config = config.Clone()
	if config.ServerName == "" {
		config.ServerName = host
	}
	return config
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

// flaw says what is wrong with a certificate. The standard text of an expired
// one ends in the current time, which would make every attempt news.
func flaw(unverified *tls.CertificateVerificationError) string {
	var invalid x509.CertificateInvalidError
	if errors.As(unverified, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil {
		return fmt.Sprintf("certificate has expired or is not yet valid: it is valid from %s to %s",
			invalid.Cert.NotBefore.UTC().Format(time.RFC3339), invalid.Cert.NotAfter.UTC().Format(time.RFC3339))
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
	return &refusal{reason: fmt.Sprintf("the broker refuses our side of TLS: %v (check the client certificate in Config.TLS)", remote.Err), cause: err}
}
