package workercmd

// help takes the program's name. It fits one screen.
const help = `Usage: %s [flags]

Runs tasks until SIGINT or SIGTERM, then lets the running ones finish and hands
the others back to the broker. A second signal quits at once.

  -broker URL           amqp://user:password@host:port/vhost, amqps:// for TLS,
                        several hosts separated by commas; memory:// to try
                        things out within this process. name=URL for a named
                        broker; repeatable, one worker for each broker
                        (default amqp://guest:guest@127.0.0.1:5672/)
  -tls-ca FILE          for amqps: the authorities, in place of the system's
  -tls-cert FILE        the worker's certificate; renewed ones are taken up
  -tls-key FILE         its key
  -declare WHAT         queues: always, check or never (default always)
  -queues NAMES         work on these only, separated by commas (default all)
  -concurrency N        tasks that run at a time (default 16)
  -prefetch N           messages taken in advance (default by need)
  -metrics HOST:PORT    serve /healthz, /readyz and /metrics here, and at
                        /metrics/queues how full the queues are (default none)
  -drain-timeout TIME   what running tasks get to finish (default 30s); the
                        process ends at most 3s later, whatever the broker does
  -log-format FORMAT    text or json, to standard error (default text)
  -log-level LEVEL      debug, info, warn or error (default info)
  -version              print what the worker was built from

A flag wins over its environment variable, which is ACTOR_ and its name as in
ACTOR_DRAIN_TIMEOUT, and that over annotations. ACTOR_BROKER takes several URLs,
separated by spaces, and keeps passwords out of the list of processes.
Exit codes: 0 drained, 1 forced to end or failed, 2 wrong usage.
`
