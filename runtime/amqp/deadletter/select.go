package deadletter

import (
	"context"
	"errors"
	"io"
)

// Selection says which letters are meant. The zero value means all.
type Selection struct {
	// Match reports whether a letter is meant. Nil means that each is.
	Match func(*Letter) bool
	// Limit is the most that are meant, those that came first. Zero means no
	// limit.
	Limit int
}

// Each calls use for the letters of a selection, until it returns an error, which
// Each returns, or there are no more. It returns the error of ctx when that ends.
func (s Selection) Each(ctx context.Context, r *Reader, use func(*Letter) error) error {
	for found := 0; s.Limit == 0 || found < s.Limit; {
		l, err := r.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if s.Match != nil && !s.Match(l) {
			continue
		}
		found++
		if err := use(l); err != nil {
			return err
		}
	}
	return nil
}
