// Package templates holds the files that the generator writes for users to
// read: they are text, so that what comes out looks like what stands here.
package templates

import _ "embed"

// Worker is the main.go of a generated worker: a text/template over the
// packages whose tables it runs.
//
//go:embed worker/main.go.tmpl
var Worker string
