package workercmd

import (
	"cmp"
	"errors"
	"flag"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/setting"
)

// settings are the flags. Zero means not set.
type settings struct {
	brokers      setting.Words
	tls          amqp.TLSFiles
	declare      string
	queues       setting.Words
	concurrency  int
	prefetch     int
	metrics      string
	drainTimeout time.Duration
	logFormat    string
	logLevel     slog.Level
	// version says that the worker only tells what it was built from.
	version bool
}

// register is the one list of flags.
func (s *settings) register(fs *flag.FlagSet) {
	fs.Var(&s.brokers, "broker", "")
	setting.RegisterTLS(fs, &s.tls)
	fs.Func("declare", "", oneOf(&s.declare, string(amqp.DeclareAlways), string(amqp.DeclareCheck), string(amqp.DeclareNever)))
	fs.Func("queues", "", func(v string) error { return s.queues.Set(strings.ReplaceAll(v, ",", " ")) })
	fs.Func("concurrency", "", positive(&s.concurrency))
	fs.Func("prefetch", "", positive(&s.prefetch))
	fs.StringVar(&s.metrics, "metrics", "", "")
	fs.Func("drain-timeout", "", duration(&s.drainTimeout))
	fs.Func("log-format", "", oneOf(&s.logFormat, "text", "json"))
	fs.TextVar(&s.logLevel, "log-level", slog.LevelInfo, "")
	fs.BoolVar(&s.version, "version", false, "")
}

// parse reads the flags, and the environment for flags that are not given.
// Problems with the environment are reported all at once.
func parse(args []string, getenv func(string) string) (settings, error) {
	var s settings
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	s.register(fs)
	if err := fs.Parse(args); err != nil || s.version {
		return s, err
	}
	if fs.NArg() > 0 {
		// It may be a URL with its password, so it is not shown.
		return s, errors.New("an argument that belongs to no flag (a broker is given as -broker URL)")
	}
	return s, setting.FromEnvironment(fs, getenv, "version")
}

// drain returns the drain timeout. Its default is not left to the worker, since
// the end of the process depends on it.
func (s *settings) drain() time.Duration { return cmp.Or(s.drainTimeout, 30*time.Second) }

func (s *settings) logger(w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: s.logLevel}
	if s.logFormat == "json" {
		return slog.New(actor.NewLogHandler(slog.NewJSONHandler(w, options)))
	}
	return slog.New(actor.NewLogHandler(slog.NewTextHandler(w, options)))
}
