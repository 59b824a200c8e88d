package setting

import (
	"errors"
	"flag"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/runtime/amqp"
)

// RegisterTLS registers the flags that name the files of TLS connections.
func RegisterTLS(fs *flag.FlagSet, f *amqp.TLSFiles) {
	fs.StringVar(&f.CA, "tls-ca", "", "")
	fs.StringVar(&f.Certificate, "tls-cert", "", "")
	fs.StringVar(&f.Key, "tls-key", "", "")
}

// CheckTLS says what is wrong with the files for connections to some URLs: that
// one is missing or cannot be used, or that none of the URLs asks for TLS.
func CheckTLS(f amqp.TLSFiles, urls ...string) error {
	if f == (amqp.TLSFiles{}) {
		return nil
	}
	if !slices.ContainsFunc(urls, isTLS) {
		return errors.New("-tls-ca, -tls-cert and -tls-key are for TLS, which no URL asks for (write amqps:// in the place of amqp://)")
	}
	_, err := f.Config()
	return err
}

// TLSFiles returns f where the broker's URL asks for TLS, and else nothing.
func (b Broker) TLSFiles(f amqp.TLSFiles) amqp.TLSFiles {
	if !isTLS(b.URL) {
		return amqp.TLSFiles{}
	}
	return f
}

func isTLS(url string) bool {
	return strings.HasPrefix(url, "amqps://") || strings.HasPrefix(url, "https://")
}
