// Package templates holds the files that the generator writes for users to
// read: they are text, so that what comes out looks like what stands here.
package templates

import _ "embed"

// Worker is the main.go of a generated worker: a text/template over the
// packages whose tables it runs.
//
//go:embed worker/main.go.tmpl
var Worker string

// The files of a new project, for actorgen init: text/templates over the import
// path of its directory, go.mod over more, and what to do next.
var (
	//go:embed init/tasks.go.tmpl
	InitTasks string
	//go:embed init/tasks_test.go.tmpl
	InitTest string
	//go:embed init/send.go.tmpl
	InitSend string
	//go:embed init/go.mod.tmpl
	InitModule string
	//go:embed init/next.txt.tmpl
	InitNext string
)
