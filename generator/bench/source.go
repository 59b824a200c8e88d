package main

import (
	"fmt"
	"strings"
)

const perFile = 20

func (m module) files() int { return (m.actors + perFile - 1) / perFile }

// source is a file of a package: types, and functions that use heavy imports.
func (m module) source(number, file int) string {
	var s strings.Builder
	fmt.Fprintf(&s, header, number, file)
	for i := range min(perFile, m.actors-file*perFile) {
		params := fmt.Sprintf(parameters[i%len(parameters)], file)
		if m.foreign && i == 0 {
			params += ", header http.Header, table amqp.Decimal, raw msgpack.RawMessage"
		}
		fmt.Fprintf(&s, function, file, i, i%5, params)
	}
	return s.String()
}

// parameters are what the functions take by turns. Each names the types of its
// file.
var parameters = []string{
	"address string, line Line%d, wait time.Duration",
	"order Order%d, tags []string",
	"ids []int64, limits map[string]Line%d, at time.Time",
	"urgent bool, line *Line%d, note string",
}

const header = `package tasks%[1]d

import (
	"context"
	"fmt"
	"net/http"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/vmihailenco/msgpack/v5"
)

// Order%[2]d is what a customer wants.
type Order%[2]d struct {
	ID    int64
	Lines []Line%[2]d
	At    time.Time
}

// Line%[2]d is one article of it.
type Line%[2]d struct {
	Article string
	Count   int
	Price   float64
}

`

const function = `// task%[1]dx%[2]d asks a server, and keeps what it says.
//
//actor:task queue=queue%[3]d max-retries=%[2]d
func task%[1]dx%[2]d(ctx context.Context, %[4]s) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://example.com", nil)
	if err != nil {
		return fmt.Errorf("ask: %%w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask: %%w", err)
	}
	defer response.Body.Close()
	var kept amqp.Publishing
	if kept.Body, err = msgpack.Marshal(response.Status); err != nil {
		return fmt.Errorf("keep: %%w", err)
	}
	return nil
}

`
