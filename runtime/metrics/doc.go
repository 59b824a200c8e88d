// Package metrics shows Prometheus what clients, workers and their connections do.
//
// A [Metrics] belongs to one broker and is a collector for any registry:
//
//	m := metrics.New("default", transport)
//	prometheus.MustRegister(m)
//	client := actor.NewClient(transport, m.Client(actor.ClientConfig{}))
//	worker := actor.NewWorker(client, m.Worker(actor.WorkerConfig{}), tasks.Actors())
//	m.Watch(worker)
//
// Labels take only values that the program itself knows: names of its actors and
// queues, outcomes and reasons. Nothing that comes over the wire makes a new series.
// Workers made by actorgen serve all of this by themselves with -metrics.
package metrics
