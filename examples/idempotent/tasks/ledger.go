// Package tasks has a task that takes effect once, however often it runs: the
// message's ID goes into the database in one transaction with the effect.
package tasks

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"github.com/actorgen/actorgen/examples/idempotent/database"
	"github.com/actorgen/actorgen/runtime/actor"
)

//go:generate go tool actorgen -main ../worker .

// Ledger keeps accounts in a database.
type Ledger struct{ db *sql.DB }

// NewLedger opens the database file that LEDGER names. The generated worker calls it.
//
//actor:new
func NewLedger(ctx context.Context) (*Ledger, error) {
	file := os.Getenv("LEDGER")
	if file == "" {
		return nil, errors.New("set LEDGER to a database file, which is made if there is none")
	}
	return OpenLedger(ctx, file)
}

// schema is idempotent, too. What is older than any message can become may be
// deleted from inbox.
const schema = `
	CREATE TABLE IF NOT EXISTS accounts (name TEXT PRIMARY KEY, cents INTEGER NOT NULL);
	CREATE TABLE IF NOT EXISTS inbox (
		message_id TEXT PRIMARY KEY, arrived TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)`

// OpenLedger opens a database file, which it makes if there is none.
func OpenLedger(ctx context.Context, file string) (*Ledger, error) {
	db, err := database.Open(ctx, file, schema)
	if err != nil {
		return nil, err
	}
	return &Ledger{db}, nil
}

// Deposit adds to an account.
//
//actor:task queue=idempotent-deposits
func (l *Ledger) Deposit(ctx context.Context, account string, cents int64) error {
	return l.once(ctx, func(tx *sql.Tx) error {
		fmt.Printf("deposit %d for %s\n", cents, account)
		_, err := tx.ExecContext(ctx, `INSERT INTO accounts (name, cents) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET cents = cents + excluded.cents`, account, cents)
		return err
	})
}

// once commits effect together with the ID of the message that is run. Where the
// ID is known already, a run before has committed both, and there is nothing to do.
func (l *Ledger) once(ctx context.Context, effect func(*sql.Tx) error) error {
	facts, _ := actor.DeliveryFacts(ctx)
	if facts.ID == "" {
		return actor.Reject(errors.New("message without an ID: nothing tells whether it ran before"))
	}
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // which does nothing after a commit
	inserted, err := tx.ExecContext(ctx, `INSERT INTO inbox (message_id) VALUES (?) ON CONFLICT DO NOTHING`, facts.ID)
	if err != nil {
		return err
	}
	switch n, err := inserted.RowsAffected(); {
	case err != nil:
		return err
	case n == 0:
		fmt.Println("ran before:", facts.ID)
		return nil
	}
	if err := effect(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// Balance returns what is in an account, zero where there is none.
func (l *Ledger) Balance(ctx context.Context, account string) (cents int64, err error) {
	err = l.db.QueryRowContext(ctx, `SELECT coalesce(sum(cents), 0) FROM accounts WHERE name = ?`, account).Scan(&cents)
	return cents, err
}

// Close closes the database. The generated worker calls it at its end.
func (l *Ledger) Close() error { return l.db.Close() }
