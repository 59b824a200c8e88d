package emit

import (
	"bytes"
	"go/format"
	"runtime"
	"sync"
)

// formatted is format.Source, which takes most of the time that generating
// does, on all processors: a declaration is formatted like any other, wherever
// it stands. The source has blank lines between its declarations and nowhere
// else.
func formatted(source []byte) ([]byte, error) {
	pieces := split(source, len(source)/runtime.GOMAXPROCS(0)+1)
	errs := make([]error, len(pieces))
	var wg sync.WaitGroup
	for i := range pieces {
		wg.Go(func() {
			pieces[i], errs[i] = format.Source(pieces[i])
			pieces[i] = bytes.TrimSpace(pieces[i])
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return append(bytes.Join(pieces, []byte("\n\n")), '\n'), nil
}

// split cuts source at blank lines into pieces of at least size bytes, but for
// the last. The first is a file with all imports.
func split(source []byte, size int) [][]byte {
	const least = 16 << 10 // smaller pieces are not worth a goroutine
	size = max(size, least)
	var pieces [][]byte
	for len(source) > size {
		i := bytes.Index(source[size:], []byte("\n\n"))
		if i < 0 {
			break
		}
		pieces = append(pieces, source[:size+i])
		source = source[size+i:]
	}
	return append(pieces, source)
}
