package main

// usage fits one screen.
const usage = `actorgen makes background tasks of functions with //actor:task above them.

usage: actorgen [flags] [patterns]         write the generated files
       actorgen check [flags] [patterns]   show what is stale, write nothing
       actorgen init [flags] [DIR]         write a first project
       actorgen list [-json] [patterns]    print every actor
       actorgen lock [-accept NAME]...     write actors.lock, the wire contract
       actorgen vet [-json] [patterns]     show mistakes in the use of stubs, too
       actorgen help [TOPIC]               explain a command, or options
       actorgen version                    print what it was built from

  -main DIR    also write DIR/main.go, a worker that runs the actors
  -stubs DIR   put stubs into DIR below each package, without the handlers
  -json        print problems as JSON, for editors

Patterns name packages as for the go command and narrow what is written; without
any the whole main module is. Give check the flags and patterns of actorgen.
Exit codes: 0 done, 1 problems in the source, stale files or a broken contract,
2 wrong usage or environment.

	//actor:task queue=emails max-retries=5 timeout=30s
	func sendEmail(ctx context.Context, addr string) error { … }

	err := tasks.SendEmail.Send(ctx, "ada@example.com") // in any process
`

const checkHelp = `actorgen check shows what actorgen, with the same flags and patterns, and actorgen
lock would write. It writes nothing: it is for continuous integration.

usage: actorgen check [flags] [patterns]

  -main DIR    compare DIR/main.go, too
  -stubs DIR   compare stubs in packages of their own
  -json        print the problems as JSON, for editors

Exit code 1 says that the source has problems, that generated files are stale or
belong to no package any more, or that the source differs from actors.lock, if
there is one. A change that would break messages of the other version in a rolling
deploy is explained, with its place in the source and in the lock (actorgen help
lock). Exit code 0 says that all is up to date, 2 wrong usage or environment.

-json prints a list, empty where all is well, and nothing else on standard output:

  [{"file": "tasks/tasks.go", "line": 8, "column": 13, "message": "unknown key …",
    "hint": "did you mean queue?", "related": [{"file": …, "line": …}]}]

Lines and columns (bytes) count from 1. A problem of a whole line has no column,
one of a whole file no line either. Paths are relative to the working directory
where that is shorter.
`

const initHelp = `actorgen init writes a first project into DIR, the working directory if there is
none: a task, its test, its worker, and a program that sends it.

usage: actorgen init [flags] [DIR]

In a module, init adds what go.mod lacks. Elsewhere it makes a new one, in a
directory that is empty but for what a fresh repository has. It never overwrites a
file, and needs no network; it says what to run next.

  -module PATH   make a new module with this path (default example.com/ and the
                 name of DIR, unless DIR is in a module)
  -replace DIR   use the checkout of actorgen in DIR (needed where this actorgen
                 was built from one, and go.mod does not require a version)
`

const listHelp = `actorgen list prints every actor with its queue, its policy and its signature.

usage: actorgen list [-json] [patterns]

The table has the name on the wire, the stub, the queue and its broker, the keys
that //actor:task and //actor:defaults set (actorgen help options has the defaults
of the others), what senders pass and callers get back, and the place in the source.

-json prints a list of objects, sorted by package and stub. None of the names is
ever left out but result:

  name                the name on the wire
  package, stub       the import path, and the name of the stub in it
  function            the annotated function, or method, as in (*Mailer).send
  file, line, column  its place; the file relative to the working directory
  queue, broker       where its messages go; the broker is default if none is named
  queueOptions        what //actor:queue sets on the queue: texts by key
  policy              what //actor:task and //actor:defaults set, in the same form
  params              objects with the name, the type and, if so, variadic: true
  result              the type that a call returns, of a function with one
  signature           params and result in one line
`

const lockHelp = `actorgen lock writes actors.lock beside go.mod: the wire contract of the module,
which are its queues, its actors, and what their messages carry. Commit it.

usage: actorgen lock [-accept NAME]...

Messages outlive deploys. A change after which either version of the workers runs
the messages of the other is compatible, and lock adds it: a new actor, a new
parameter or field, another order, a new result. Any other change breaks the
contract: an actor that is gone or moves to another queue, a parameter or a field
that is gone, renamed or of another type, a result that is gone, a key of a queue.
lock explains each with its place in the source and in the lock, and writes
nothing, unless all are accepted:

  -accept NAME   accept what breaks the contract of an actor, a queue or a struct,
                 as the lock or the source calls it; repeatable

Once there is a lock, actorgen check fails on both kinds of changes until they are
locked. Generating never reads it. To lock nothing any more, delete the file.
`

const vetHelp = `actorgen vet shows the problems in the source, and the mistakes that are made where
stubs are used. It writes nothing.

usage: actorgen vet [-json] [patterns]
       go vet -vettool=$(which actorgen) [patterns]

Besides all that actorgen itself says of annotated functions, vet reports

  - the error of Send, SendWithDelay, Message, Call or client.Publish dropped;
    assign it to _ to drop it on purpose
  - an annotated function called directly, where its stub was meant; tests and
    other annotated functions may
  - Send in a loop over a slice or map, where one client.Publish would do

A comment //actor:ignore on the line of such a mistake, or alone on the line above,
says that it is meant. The reason may follow.

  -json   print the problems as JSON, for editors (actorgen help check)

The second form is for tools that start go vet. It sees one package at a time, so
that it does not report what packages contradict each other in. Its flag -fix mends
what can be mended safely. docs/vet.md shows how to use both with editors and with
golangci-lint.

Exit codes: 0 nothing found, 1 problems, or code that does not compile, 2 wrong
usage or environment.
`
