package amqp

import (
	"context"
	"log/slog"
	"net/url"
	"sync"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
	"github.com/actorgen/actorgen/runtime/transporttest"
)

func TestConformance(t *testing.T) {
	transporttest.Run(t, &proxied{url: rabbittest.URL(t)})
}

// proxied opens transports that each reach the broker through a proxy of their
// own, so that their connections can be cut.
type proxied struct {
	url     string
	proxies sync.Map // of actor.Transport to *rabbittest.Proxy
}

func (p *proxied) Open(t *testing.T, o transporttest.Options) actor.Transport {
	proxy, via := proxyTo(t, p.url)
	c := Config{URL: via, MaxDelay: o.MaxDelay, Logger: slog.New(slog.DiscardHandler)}
	if o.NoDeclare {
		c.Declare = DeclareNever
	}
	transport, err := Dial(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	p.proxies.Store(transport, proxy)
	return transport
}

func (p *proxied) Cut(t *testing.T, transport actor.Transport) {
	proxy, _ := p.proxies.Load(transport)
	proxy.(*rabbittest.Proxy).Reset()
}

// proxyTo returns a proxy before the broker and the URL through it.
func proxyTo(t *testing.T, broker string) (*rabbittest.Proxy, string) {
	t.Helper()
	u, err := url.Parse(broker)
	if err != nil {
		t.Fatal("broker URL is malformed")
	}
	proxy := rabbittest.NewProxy(t, u.Host)
	via, err := proxy.URL(broker)
	if err != nil {
		t.Fatal(err)
	}
	return proxy, via
}

// dialTest opens a transport that is closed with the test.
func dialTest(t *testing.T, c Config) *Transport {
	t.Helper()
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	transport, err := Dial(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { transport.Close() })
	return transport
}
