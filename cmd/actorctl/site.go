package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/actorgen/actorgen/generator/lockfile"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/amqp/management"
	"github.com/actorgen/actorgen/runtime/amqp/topology"
	"github.com/actorgen/actorgen/runtime/setting"
)

// site is a broker with what ought to be there.
type site struct {
	broker   setting.Broker
	location amqp.Location
	want     topology.Want
	tls      amqp.TLSFiles
	// api is nil where none is given.
	api *management.Client
}

// sites are the brokers that the lock or the flags name, narrowed down by the
// arguments. An error is one of usage.
func sites(s *settings, lock *lockfile.File) ([]site, error) {
	brokers, err := setting.Brokers(s.brokers)
	if err != nil {
		return nil, err
	}
	apis, err := setting.APIs("api", s.apis)
	if err != nil {
		return nil, err
	}
	urls := slices.Collect(maps.Values(apis))
	for _, b := range brokers {
		urls = append(urls, b.URL)
	}
	if err := setting.CheckTLS(s.tls, urls...); err != nil {
		return nil, err
	}
	given := make(map[string]setting.Broker)
	names := make(map[string]bool)
	for _, b := range brokers {
		given[b.Name] = b
		names[b.Name] = len(s.brokers) > 0
	}
	for _, q := range lock.Queues {
		names[q.Broker] = true
	}
	maps.DeleteFunc(names, func(_ string, wanted bool) bool { return !wanted })
	for _, name := range s.names {
		if !names[name] {
			return nil, fmt.Errorf("no broker %q (there are %s)", name, strings.Join(slices.Sorted(maps.Keys(names)), ", "))
		}
	}
	for name := range apis {
		if !names[name] {
			return nil, fmt.Errorf("-api is for broker %q, which nothing else names", name)
		}
	}
	var result []site
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if len(s.names) > 0 && !slices.Contains(s.names, name) {
			continue
		}
		b, ok := given[name]
		if !ok {
			return nil, fmt.Errorf("broker %q has no URL (%s)", name, addBroker(name))
		}
		one, err := newSite(s, b, apis[name], queuesOf(lock, name, s))
		if err != nil {
			return nil, fmt.Errorf("broker %q: %w", name, err)
		}
		result = append(result, one)
	}
	return result, nil
}

func addBroker(name string) string {
	if name == actor.DefaultName {
		return "add -broker amqp://…"
	}
	return "add -broker " + name + "=amqp://…"
}

func newSite(s *settings, b setting.Broker, api string, queues []actor.Queue) (site, error) {
	one := site{broker: b, tls: b.TLSFiles(s.tls), want: topology.Want{Queues: queues, Prefix: s.prefix, MaxDelay: s.maxDelay}}
	if b.InMemory() {
		return one, fmt.Errorf("it is in the memory of another process, where nobody can look")
	}
	if err := one.want.Check(); err != nil {
		return one, err
	}
	var err error
	if one.location, err = amqp.Locate(b.URL); err != nil {
		return one, err
	}
	if api != "" {
		user, password, err := one.location.Login(context.Background())
		if err != nil {
			return one, err
		}
		if one.api, err = management.New(api, user, password); err != nil {
			return one, err
		}
		config, err := s.tls.Config()
		if err != nil {
			return one, err
		}
		one.api.UseTLS(config)
	}
	return one, nil
}

// connect connects to the broker. The connection has to be closed.
func (s *site) connect(ctx context.Context) (*topology.Broker, error) {
	conn, err := amqp.Connect(ctx, amqp.Config{URL: s.broker.URL, TLSFiles: s.tls, Name: "actorctl"})
	if err != nil {
		return nil, err
	}
	return &topology.Broker{Conn: conn, VHost: s.location.VHost, API: s.api}, nil
}

// transport connects what publishes. A broker that cannot be reached is an error,
// and not waited for. What it would log is in its outcomes.
func (s *site) transport(ctx context.Context, c amqp.Config) (*amqp.Transport, error) {
	b, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	b.Conn.Close()
	const dialTimeout = 20 * time.Second
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	c.URL, c.TLSFiles, c.Name, c.Logger = s.broker.URL, s.tls, "actorctl", slog.New(slog.DiscardHandler)
	return amqp.Dial(ctx, c)
}
