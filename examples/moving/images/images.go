// Package images stands for the code that does the work, which does not change
// when its tasks move.
package images

import (
	"context"
	"errors"
	"strings"
	"sync"
)

// ErrNotAnImage is a failure that trying again does not mend.
var ErrNotAnImage = errors.New("not an image")

var (
	mu      sync.Mutex // guards resized
	resized = make(map[string][]int)
)

// Resize notes the width. What is called broken… is no image, and what is called
// busy… is busy the first time.
func Resize(_ context.Context, image string, width int) error {
	mu.Lock()
	defer mu.Unlock()
	resized[image] = append(resized[image], width)
	switch {
	case strings.HasPrefix(image, "broken"):
		return ErrNotAnImage
	case strings.HasPrefix(image, "busy") && len(resized[image]) == 1:
		return errors.New("busy")
	}
	return nil
}

// Runs returns the widths for which Resize was called, one for each call.
func Runs(image string) []int {
	mu.Lock()
	defer mu.Unlock()
	return resized[image]
}
