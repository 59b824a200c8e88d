package amqp

import "context"

// Location is what a URL says about where a broker is. It holds no password and
// may be printed.
type Location struct {
	// Hosts are host:port.
	Hosts []string
	// TLS says that the connection is encrypted.
	TLS bool
	// VHost is the virtual host.
	VHost string
	// Login returns the user and the password of the URL.
	Login func(context.Context) (user, password string, err error)
}

// Locate reads a URL as [Config] takes it. Its error does not quote it.
func Locate(url string) (Location, error) {
	if url == "" {
		url = defaultURL
	}
	endpoints, fromURL, err := parseURL(url)
	if err != nil {
		return Location{}, err
	}
	l := Location{TLS: endpoints[0].tls, VHost: endpoints[0].vhost, Login: fromURL}
	for _, e := range endpoints {
		l.Hosts = append(l.Hosts, e.address())
	}
	return l, nil
}
