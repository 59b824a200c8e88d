package deadletter

import "context"

// purgeBatch is how many letters are removed before the broker is waited for.
const purgeBatch = 1000

// Purge removes letters, and returns how many of them the broker has taken away
// for certain. With an error some more, up to 1000, may be gone. Progress, unless
// it is nil, is told that number now and then. When ctx ends, what was removed
// until then stays removed.
func Purge(ctx context.Context, r *Reader, s Selection, progress func(removed int)) (removed int, err error) {
	pending := 0
	settle := func() error {
		if pending == 0 {
			return nil
		}
		if err := r.accepted(); err != nil {
			return err
		}
		removed += pending
		pending = 0
		if progress != nil {
			progress(removed)
		}
		return nil
	}
	err = s.Each(ctx, r, func(l *Letter) error {
		if err := r.remove(l); err != nil {
			return err
		}
		if pending++; pending < purgeBatch {
			return nil
		}
		return settle()
	})
	if last := settle(); err == nil {
		err = last
	}
	return removed, err
}
