// Package tasks has what the worker does. The server imports package client below,
// which has the stubs alone, and so links nothing that is imported here.
package tasks

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"html/template"
	"os"

	"github.com/actorgen/actorgen/examples/web/order"
	"github.com/actorgen/actorgen/runtime/actor"
)

//go:generate go tool actorgen -stubs client -main ../worker .

var receipt = template.Must(template.New("receipt").Parse(
	`<h1>Thank you, {{.Customer}}</h1><p>{{.Cents}} cents for order {{.ID}}</p>
`))

// writeReceipt writes a file into the directory that RECEIPTS names. A second run
// writes the same file again.
//
//actor:task queue=web-receipts timeout=30s max-retries=10
func writeReceipt(ctx context.Context, o order.Order) error {
	var page bytes.Buffer
	if err := receipt.Execute(&page, o); err != nil {
		return actor.Reject(err) // which no other run would mend
	}
	name := cmp.Or(os.Getenv("RECEIPTS"), "receipts")
	if err := os.MkdirAll(name, 0o755); err != nil {
		return err
	}
	directory, err := os.OpenRoot(name) // no ID leads out of it, whoever sent the task
	if err != nil {
		return err
	}
	defer directory.Close()
	if err := directory.WriteFile(o.ID+".html", page.Bytes(), 0o644); err != nil {
		return err
	}
	fmt.Println("receipt", o.ID)
	return nil
}
