// Package tasks is what package byhand does, with actorgen.
package tasks

import (
	"context"
	"errors"

	"github.com/actorgen/actorgen/examples/moving/images"
	"github.com/actorgen/actorgen/runtime/actor"
)

//go:generate go tool actorgen .

// resizeImage makes an image smaller.
//
//actor:task queue=moving max-retries=2 min-backoff=300ms max-backoff=1s
func resizeImage(ctx context.Context, image string, width int) error {
	err := images.Resize(ctx, image, width)
	if errors.Is(err, images.ErrNotAnImage) {
		return actor.Reject(err) // trying again would not mend it
	}
	return err
}
