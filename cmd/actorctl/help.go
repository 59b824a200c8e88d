package main

import (
	"context"
	"fmt"
	"strings"

	build "github.com/actorgen/actorgen/runtime/version"
)

const usage = `actorctl shows and sets up what actors need on their brokers, looks at
their dead letters and puts them back, and sends tasks.

usage: actorctl queues [flags]            show how full queues are
       actorctl dead list [QUEUE]         show dead letters, a line each
       actorctl dead show [QUEUE]         show them in full, arguments decoded
       actorctl dead requeue QUEUE        put them back, so that their tasks run again
       actorctl dead purge QUEUE          remove them
       actorctl send ACTOR NAME=VALUE…    send a task
       actorctl topology plan [flags]     show what differs, change nothing
       actorctl topology apply [flags]    create what is missing
       actorctl topology export [flags]   print definitions that RabbitMQ imports
       actorctl topology permissions      print what each kind of user needs
       actorctl help queues, dead, send or topology
                                          explain these and their flags
       actorctl version                   print what it was built from

The queues that ought to exist come from actors.lock, which actorgen lock writes
beside go.mod.

Exit codes: 0 done and as it ought to be, 1 an error, 2 wrong usage, 3 something
differs or remains to be done.
`

const topologyUsage = `usage: actorctl topology plan [flags] [broker names]
       actorctl topology apply [flags] [broker names]
       actorctl topology export [flags] [broker name]
       actorctl topology permissions [flags] [broker name]

plan compares the queues, exchanges and bindings on each broker to what ought to
be there, and changes nothing. apply creates what is missing; what exists and
differs it only reports, since RabbitMQ fixes arguments at the first declaration.
export prints what apply would create in an empty virtual host, as definitions.
permissions prints the least that users need, as commands for rabbitmqctl.
"breaks" marks a difference that breaks a promise: tasks can be lost, come early
or stall. Broker names narrow it down to these; by default it is all of the lock.

  -broker URL         as for workers: amqp://user:password@host:port/vhost or
                      amqps://, name=URL for a named broker; repeatable
                      (default amqp://guest:guest@127.0.0.1:5672/)
  -api URL            the broker's management API, http://host:15672 or name=URL,
                      with the broker's user unless it names one; repeatable. Only
                      it tells bindings, policies, and whether levels are empty
  -tls-ca FILE        for amqps and https: the authorities, in place of the system's
  -tls-cert, -tls-key FILE
                      the client's certificate and its key
  -lock FILE          the lock (default actors.lock beside the module's go.mod)
  -prefix TEXT        the clients' QueuePrefix (default none)
  -default-queue NAME the clients' DefaultQueue (default default)
  -max-delay TIME     the clients' MaxDelay, the longest of them (default 168h)
  -json               print JSON; that of permissions are definitions
  -shrink             apply: then remove delay levels above -max-delay, as soon as
                      no message waits in them. It takes -api, and clients that no
                      longer have a larger MaxDelay. Nothing is lost; what remains
                      is said, and removed by the next run
  -wait TIME          with -shrink: go on for that long while something remains
  -role NAMES         permissions: of these roles, producer, worker, operator and
                      deployer (default all)
  -queues NAMES       permissions: the worker's queues (default all)
  -declares           permissions: producers and workers declare what is missing;
                      then a deployer need not come first, and a producer can read
  -user NAME          permissions: the user's name (default the role's)

A flag wins over its environment variable, ACTOR_ and its name as in ACTOR_BROKER
(not for -json and what stands below it); several URLs are separated by spaces there.
Exit codes: 0 all is as it ought to be, 1 an error, 2 wrong usage, 3 something
differs, is missing (plan), or remains.
`

// help prints a usage.
func (p process) help(_ context.Context, args []string) int {
	switch strings.Join(args, " ") {
	case "":
		fmt.Fprint(p.stdout, usage)
	case "queues":
		fmt.Fprint(p.stdout, queuesUsage)
	case "dead", "dead list", "dead show", "dead requeue", "dead purge":
		fmt.Fprint(p.stdout, deadUsage)
	case "send":
		fmt.Fprint(p.stdout, sendUsage)
	case "topology", "topology plan", "topology apply", "topology export", "topology permissions":
		fmt.Fprint(p.stdout, topologyUsage)
	default:
		return p.misused(fmt.Sprintf("no help on %q", strings.Join(args, " ")), "")
	}
	return exitDone
}

// version prints what the command was built from.
func (p process) version(_ context.Context, args []string) int {
	if len(args) > 0 {
		return p.misused("version takes no arguments", "")
	}
	fmt.Fprintln(p.stdout, build.Line("actorctl"))
	return exitDone
}
