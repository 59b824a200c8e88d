package workercmd

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

func positive(target *int) func(string) error {
	return func(v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			return errors.New("want a whole number above 0")
		}
		*target = n
		return nil
	}
}

func duration(target *time.Duration) func(string) error {
	return func(v string) error {
		d, err := time.ParseDuration(v)
		if err != nil || d <= 0 {
			return errors.New("want a duration above 0, as in 30s or 2m")
		}
		*target = d
		return nil
	}
}

func oneOf(target *string, allowed ...string) func(string) error {
	return func(v string) error {
		if !slices.Contains(allowed, v) {
			return fmt.Errorf("want %s", strings.Join(allowed, " or "))
		}
		*target = v
		return nil
	}
}
