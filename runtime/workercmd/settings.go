package workercmd

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"
)

// settings are the flags. Zero means not set.
type settings struct {
	brokers      words
	queues       words
	concurrency  int
	prefetch     int
	metrics      string
	drainTimeout time.Duration
	logFormat    string
	logLevel     slog.Level
}

// register is the one list of flags.
func (s *settings) register(fs *flag.FlagSet) {
	fs.Var(&s.brokers, "broker", "")
	fs.Func("queues", "", func(v string) error { return s.queues.Set(strings.ReplaceAll(v, ",", " ")) })
	fs.Func("concurrency", "", positive(&s.concurrency))
	fs.Func("prefetch", "", positive(&s.prefetch))
	fs.StringVar(&s.metrics, "metrics", "", "")
	fs.Func("drain-timeout", "", duration(&s.drainTimeout))
	fs.Func("log-format", "", oneOf(&s.logFormat, "text", "json"))
	fs.TextVar(&s.logLevel, "log-level", slog.LevelInfo, "")
}

// parse reads the flags, and the environment for flags that are not given.
// Problems with the environment are reported all at once.
func parse(args []string, getenv func(string) string) (settings, error) {
	var s settings
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	s.register(fs)
	if err := fs.Parse(args); err != nil {
		return s, err
	}
	if fs.NArg() > 0 {
		// It may be a URL with its password, so it is not shown.
		return s, errors.New("an argument that belongs to no flag (a broker is given as -broker URL)")
	}
	given := make(map[string]bool)
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var problems []error
	fs.VisitAll(func(f *flag.Flag) {
		variable := variableOf(f.Name)
		value := getenv(variable)
		if value == "" || given[f.Name] {
			return
		}
		if err := f.Value.Set(value); err != nil {
			problems = append(problems, fmt.Errorf("invalid value %q for %s: %w", value, variable, err))
		}
	})
	return s, errors.Join(problems...)
}

// variableOf returns the environment variable that stands in for a flag.
func variableOf(flag string) string {
	return "ACTOR_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func (s *settings) logger(w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: s.logLevel}
	if s.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
