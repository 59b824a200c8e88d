package emit

import (
	"bytes"
	"go/format"
	"runtime"
	"slices"
	"sync"
)

// formatted is format.Source for source that has blank lines between its
// declarations and nowhere else. Each is formatted on its own, on all processors.
func formatted(source []byte) ([]byte, error) {
	head, declarations := split(source)
	head, err := format.Source(head)
	if err != nil {
		return nil, err
	}
	parts := slices.Collect(slices.Chunk(declarations, len(declarations)/runtime.GOMAXPROCS(0)+1))
	errs := make([]error, len(parts))
	var wg sync.WaitGroup
	for i, part := range parts {
		wg.Go(func() { errs[i] = formatAll(part) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	pieces := append([][]byte{bytes.TrimSpace(grouped(head))}, declarations...)
	return append(bytes.Join(pieces, []byte("\n\n")), '\n'), nil
}

// formatAll formats declarations in place.
func formatAll(declarations [][]byte) error {
	var l layouter
	for i, d := range declarations {
		if content, ok := l.layout(d); ok {
			declarations[i] = content
			continue
		}
		var err error
		if declarations[i], err = gofmt(d); err != nil {
			return err
		}
	}
	return nil
}

// gofmt formats a declaration as part of a file: in a fragment, format.Source
// loses the empty lines of the first comment.
func gofmt(declaration []byte) ([]byte, error) {
	const clause = "package p\n\n"
	content, err := format.Source(append([]byte(clause), declaration...))
	return bytes.TrimSpace(bytes.TrimPrefix(content, []byte(clause))), err
}

// split cuts source at its blank lines: into what goes up to its imports, and
// its declarations.
func split(source []byte) (head []byte, declarations [][]byte) {
	end := 0
	for rest := source; len(rest) > 0; {
		var piece []byte
		piece, rest, _ = bytes.Cut(rest, []byte("\n\n"))
		piece = bytes.TrimSpace(piece)
		switch {
		case len(piece) == 0:
		case bytes.HasPrefix(piece, []byte("package ")), bytes.HasPrefix(piece, []byte("import ")):
			end = len(source) - len(rest)
			declarations = nil
		default:
			declarations = append(declarations, piece)
		}
	}
	return source[:end], declarations
}
