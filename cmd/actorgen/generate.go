package main

import (
	"context"
	"io"

	"github.com/actorgen/actorgen/generator/output"
)

// generate writes the generated files of the matched packages.
func generate(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var s settings
	result, code, done := s.run(ctx, "", usage, args, stdout, stderr, s.withOutput)
	if done {
		return code
	}
	if len(result.Diagnostics) == 0 {
		if err := output.Write(result.Files); err != nil {
			return fail(stderr, err)
		}
	}
	return s.report(result.Diagnostics, stdout, stderr)
}
