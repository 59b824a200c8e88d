package tasks

import (
	"context"
	"fmt"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// One at a time: of two copies of an occurrence the second finds the first finished.
//
//actor:queue reports concurrency=1

// StartReports sends the first report that is due. Every start of the program may do
// that: all copies of one occurrence have one message ID, and the first that is
// finished ends the others.
func StartReports(ctx context.Context, every time.Duration) error {
	return sendReport(ctx, time.Now().Truncate(every).Add(every), every)
}

func sendReport(ctx context.Context, due time.Time, every time.Duration) error {
	id := fmt.Sprintf("report %d", due.UnixNano())
	return CalendarReport.With(actor.MessageID(id), actor.At(due)).Send(ctx, due, every)
}

// Report sends its next occurrence before it does its work, and is finished after
// that: wherever it is interrupted it runs again, and no occurrence is lost. Those that
// passed while no worker ran are left out.
//
//actor:task queue=reports max-retries=1000 max-backoff=10m confirm-timeout=30s
func (c *Calendar) Report(ctx context.Context, due time.Time, every time.Duration) error {
	if c.finished(due) {
		return nil
	}
	missed := time.Since(due) / every
	if err := sendReport(ctx, due.Add((missed+1)*every), every); err != nil {
		return err
	}
	c.tell("report: " + due.Format(time.TimeOnly))
	c.finish(due)
	return nil
}
