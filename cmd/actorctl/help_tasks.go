package main

const commonFlags = `
  -broker URL         as for workers: amqp://user:password@host:port/vhost or
                      amqps://, name=URL for a named broker; repeatable
                      (default amqp://guest:guest@127.0.0.1:5672/)
  -tls-ca FILE        for amqps and https: the authorities, in place of the system's
  -tls-cert, -tls-key FILE
                      the client's certificate and its key
  -lock FILE          the lock (default actors.lock beside the module's go.mod)
  -prefix TEXT        the clients' QueuePrefix (default none)
  -default-queue NAME the clients' DefaultQueue (default default)
`

const environment = `
These flags win over their environment variables, ACTOR_ and the name as in
ACTOR_BROKER. The others have none.
`

const queuesUsage = `usage: actorctl queues [flags] [broker names]

queues shows how many messages wait in the queues of actors.lock, are with workers
and not acknowledged, and are dead letters, how many consumers there are, and how
many messages are delayed. A queue NAME.RQ holds the delayed tasks that are due and
the retries of a queue with a max-length. Broker names narrow it down to these.
` + commonFlags + `  -api URL            the broker's management API, http://host:15672 or name=URL,
                      with the broker's user unless it names one; repeatable. Only
                      it tells unacknowledged messages. Its numbers are some seconds
                      old
` + environment + `
  -json               print JSON: a list with an object for each broker; what is not
                      known is null

Exit codes: 0 done, 1 an error, 2 wrong usage, 3 a queue is missing.
`

const deadUsage = `usage: actorctl dead list [QUEUE…] [flags]    a line for each dead letter
       actorctl dead show [QUEUE…] [flags]    all that is in them
       actorctl dead requeue QUEUE… [flags]   put them back, so that they run again
       actorctl dead purge QUEUE… [flags]     remove them

QUEUE is a queue of actors.lock; without any, list and show read all of them. The
arguments of tasks are decoded by the types in the lock. Looking changes nothing;
dead letters that are being looked at are hidden from others meanwhile.

requeue publishes a letter to its queue, waits until the broker has confirmed that,
and removes the letter then: at whatever moment it is interrupted, the task is in
the one queue or the other, at worst in both. The task keeps its ID and starts anew,
with all its retries. Each letter that is there at the start is requeued once.

  -all                all queues of the lock, also for requeue and purge
  -id ID              the letter with this ID; repeatable
  -actor NAME         those of this actor; repeatable
  -error REGEXP       those whose error matches, as in -error 'timeout|refused'
  -older, -newer TIME those that failed longer ago, or less long, as in -older 24h
  -limit N            no more than N of them, the first ones
  -dry-run            requeue, purge: count, and do nothing
  -yes                requeue, purge: do not ask. Without a terminal nobody can be
                      asked
  -json               print JSON: an object in each line, for each letter (list and
                      show alike) or for each queue (requeue, purge)
` + commonFlags + environment + `
Exit codes: 0 done, 1 an error, or not all could be done, 2 wrong usage, 3 a letter
with that ID is not there, or you said no.
`

const sendUsage = `usage: actorctl send ACTOR NAME=VALUE… [flags]
       actorctl send ACTOR -args JSON [flags]

send sends a task as the generated stub does: checked by the types in actors.lock,
confirmed by the broker and routed, or an error. It creates no queue.

Each parameter is given by its name, as JSON; texts, times, durations and base64 may
go without their quotes:

  actorctl send tasks.SendEmail addr=ada@example.com retry=true wait=1m30s
  actorctl send tasks.ChargeCard order='{"ID": 5, "Items": ["book"]}'

Fields of structs that are left out have their zero value.

  -args JSON          all arguments as one object
  -delay TIME         the broker holds the task for that long
  -id ID              the message ID, to repeat a send whose outcome is unknown
  -json               print an object with the ID
` + commonFlags + `  -max-delay TIME     the clients' MaxDelay, the longest of them (default 168h)
` + environment + `
Exit codes: 0 sent, 1 an error, 2 wrong usage.
`
