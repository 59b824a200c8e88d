package actor

import (
	"cmp"
	"time"
)

// route is how one client sends one actor's messages: the definition with the
// client's configuration and the built-in defaults filled in.
type route struct {
	definition *Definition
	queue      Queue
	publish    resolvedPublish
}

type resolvedPublish struct {
	confirm    bool
	mandatory  bool
	persistent bool
	timeout    time.Duration
	maxDelay   time.Duration
	priority   int
}

func newRoute(d *Definition, cfg *ClientConfig, transportMaxDelay time.Duration) *route {
	own, client, builtin := &d.Publish, &cfg.Publish, &defaultPublish
	r := &route{
		definition: d,
		queue:      cfg.resolveQueue(d.Queue),
		publish: resolvedPublish{
			confirm:    *cmp.Or(own.Confirm, client.Confirm, builtin.Confirm),
			mandatory:  *cmp.Or(own.Mandatory, client.Mandatory, builtin.Mandatory),
			persistent: *cmp.Or(own.Persistent, client.Persistent, builtin.Persistent),
			timeout:    *cmp.Or(own.ConfirmTimeout, client.ConfirmTimeout, builtin.ConfirmTimeout),
			maxDelay:   *cmp.Or(own.MaxDelay, client.MaxDelay, builtin.MaxDelay),
			priority:   *cmp.Or(own.Priority, client.Priority, builtin.Priority),
		},
	}
	if r.publish.timeout <= 0 {
		r.publish.timeout = *builtin.ConfirmTimeout
	}
	if r.publish.maxDelay <= 0 || r.publish.maxDelay > transportMaxDelay {
		r.publish.maxDelay = transportMaxDelay
	}
	return r
}

// resolveQueue gives the queue its name on the broker.
func (cfg *ClientConfig) resolveQueue(q Queue) Queue {
	if q.Name == "" || q.Name == DefaultName {
		q.Name = cmp.Or(cfg.DefaultQueue, DefaultName)
	}
	q.Name = cfg.QueuePrefix + q.Name
	return q
}
