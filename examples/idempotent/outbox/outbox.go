// Package outbox sends a task if, and only if, a transaction commits: the task is
// a row of that transaction, and sent from there.
package outbox

import (
	"context"
	"database/sql"
	"errors"

	"github.com/actorgen/actorgen/examples/idempotent/database"
	"github.com/actorgen/actorgen/examples/idempotent/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
)

// Shop keeps its orders in a database, and beside them the tasks to be sent.
type Shop struct{ db *sql.DB }

const schema = `
	CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, account TEXT NOT NULL, cents INTEGER NOT NULL CHECK (cents > 0));
	CREATE TABLE IF NOT EXISTS outbox (message_id TEXT PRIMARY KEY, account TEXT NOT NULL, cents INTEGER NOT NULL)`

// OpenShop opens a database file, which it makes if there is none.
func OpenShop(ctx context.Context, file string) (*Shop, error) {
	db, err := database.Open(ctx, file, schema)
	if err != nil {
		return nil, err
	}
	return &Shop{db}, nil
}

// Place commits an order and the deposit that follows from it, both or neither. It
// needs no broker.
func (s *Shop) Place(ctx context.Context, account string, cents int64) error {
	deposit, err := tasks.LedgerDeposit.Message(account, cents) // for its ID
	if err != nil {
		return err
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // which does nothing after a commit
	if _, err := tx.ExecContext(ctx, `INSERT INTO outbox (message_id, account, cents) VALUES (?, ?, ?)`, deposit.ID, account, cents); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO orders (account, cents) VALUES (?, ?)`, account, cents); err != nil {
		return err
	}
	return tx.Commit()
}

// batch is how many tasks Relay sends at a time.
const batch = 100

// Relay sends what waits in the outbox, the oldest first, and removes what is in
// the queue. What it sends twice, because it ended in between or because two of
// them run, has the same message ID, by which the task takes effect once.
func (s *Shop) Relay(ctx context.Context, client *actor.Client) (sent int, err error) {
	for {
		messages, err := s.waiting(ctx)
		if err != nil || len(messages) == 0 {
			return sent, err
		}
		outcome := client.Publish(ctx, messages...)
		var failed *actor.BatchError
		errors.As(outcome, &failed)
		for i, m := range messages {
			if failed != nil && failed.Errors[i] != nil {
				continue // not queued, or unknown: either way it stays
			}
			if _, err := s.db.ExecContext(ctx, `DELETE FROM outbox WHERE message_id = ?`, m.ID); err != nil {
				return sent, errors.Join(outcome, err)
			}
			sent++
		}
		if outcome != nil {
			return sent, outcome
		}
	}
}

func (s *Shop) waiting(ctx context.Context) ([]actor.Message, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT message_id, account, cents FROM outbox ORDER BY message_id LIMIT ?`, batch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var messages []actor.Message
	for rows.Next() {
		var id, account string
		var cents int64
		if err := rows.Scan(&id, &account, &cents); err != nil {
			return nil, err
		}
		m, err := tasks.LedgerDeposit.With(actor.MessageID(id)).Message(account, cents)
		if err != nil {
			return nil, err
		}
		messages = append(messages, m)
	}
	return messages, rows.Err()
}

// Close closes the database.
func (s *Shop) Close() error { return s.db.Close() }
