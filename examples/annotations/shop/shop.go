// Package shop shows what annotations can say; docs/annotations.md explains it.
//
//actor:defaults queue=invoices max-retries=5
//actor:queue invoices max-length=100000 concurrency=4
package shop

import (
	"context"
	"errors"
	"fmt"
)

//go:generate go tool actorgen .

// Invoice is a parameter: what is exported in it travels.
type Invoice struct {
	Number int64
	Lines  []Line            `msgpack:"lines"`      // goes by another name
	Notes  map[string]string `msgpack:",omitempty"` // is left out where it is empty
	Cached []byte            `msgpack:"-"`          // stays here
}

// Line is part of an invoice.
type Line struct {
	Text  string
	Cents int64
}

// sendInvoice has a name of its own on the wire, so it can be renamed.
//
//actor:task name=shop.invoice timeout=30s
//actor:task max-retries=10 min-backoff=1s max-backoff=1h
func sendInvoice(ctx context.Context, to string, invoice Invoice) error {
	if to == "" {
		return errors.New("nobody to send it to")
	}
	fmt.Printf("to %s: invoice %d\n", to, invoice.Number)
	return nil
}

// total returns what invoices come to. Its stub has the method Call.
//
//actor:task timeout=5s
func total(ctx context.Context, invoices ...Invoice) (int64, error) {
	var cents int64
	for _, invoice := range invoices {
		for _, line := range invoice.Lines {
			cents += line.Cents
		}
	}
	return cents, nil
}
