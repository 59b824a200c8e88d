package amqp

import (
	"log/slog"
	"sync"
)

// news logs each piece of news once.
type news struct {
	log *slog.Logger

	mu   sync.Mutex
	told map[string]bool
}

// warn logs unless what was told before.
func (n *news) warn(what, text string, attributes ...any) {
	n.mu.Lock()
	already := n.told[what]
	if n.told == nil {
		n.told = make(map[string]bool)
	}
	n.told[what] = true
	n.mu.Unlock()
	if !already {
		n.log.Warn(text, attributes...)
	}
}
