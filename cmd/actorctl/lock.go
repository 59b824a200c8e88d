package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/actorgen/actorgen/generator/lockfile"
	"github.com/actorgen/actorgen/runtime/actor"
)

// readLock reads the lock that the flag names, or that of the module.
func readLock(name string) (*lockfile.File, error) {
	if name == "" {
		dir, err := moduleDir()
		if err != nil {
			return nil, err
		}
		name = filepath.Join(dir, lockfile.Name)
	}
	lock, err := lockfile.Read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no %s (actorgen lock writes it; -lock names another file)", name)
	}
	return lock, err
}

// moduleDir returns the folder of the go.mod in the working directory or above
// it, relative to that.
func moduleDir() (string, error) {
	working, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := working; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Rel(working, dir)
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("there is no go.mod in the working directory or above it " +
				"(run it inside the module, or name its actors.lock with -lock)")
		}
	}
}

// queuesOf returns the queues of a broker as the clients name them there.
func queuesOf(lock *lockfile.File, broker string, s *settings) (queues []actor.Queue) {
	for _, q := range lock.Queues {
		if q.Broker == broker {
			described := describe(q)
			described.Name = s.queueName(q.Name)
			queues = append(queues, described)
		}
	}
	return queues
}

// queueName returns the name on the broker of a queue of the lock.
func (s *settings) queueName(name string) string {
	if name == actor.DefaultName {
		name = cmp.Or(s.defaultQueue, actor.DefaultName)
	}
	return s.prefix + name
}

// describe returns a queue as annotations describe it.
func describe(q lockfile.Queue) actor.Queue {
	return actor.Queue{
		Name: q.Name, Type: actor.QueueType(q.Type), MaxPriority: q.MaxPriority, MaxLength: q.MaxLength,
		Overflow: actor.Overflow(q.Overflow), DeliveryLimit: q.DeliveryLimit, DeadLetterTTL: q.DeadLetterTTL,
	}
}
