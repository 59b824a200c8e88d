// Package database opens the example's database files.
package database

import (
	"context"
	"database/sql"
	"errors"

	_ "modernc.org/sqlite"
)

// Open opens a file, which it makes if there is none, and runs the statements of
// schema. A transaction takes the lock to write when it begins, and waits five
// seconds for it, so that two of them come one after the other.
func Open(ctx context.Context, file, schema string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=journal_mode(wal)")
	if err != nil {
		return nil, err
	}
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}
