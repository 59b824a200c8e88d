package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/setting"
)

// settings are the flags of the topology commands.
type settings struct {
	brokers, apis setting.Words
	tls           amqp.TLSFiles
	lock          string
	prefix        string
	defaultQueue  string
	maxDelay      time.Duration

	json   bool
	shrink bool
	wait   time.Duration
	grants grants

	// names narrow down the brokers; none means all.
	names []string
}

// register is the one list of flags, and returns those that only some commands
// have.
func (s *settings) register(fs *flag.FlagSet, command string) (actions []string) {
	s.common(fs)
	fs.Var(&s.apis, "api", "")
	fs.Func("max-delay", "", duration(&s.maxDelay))
	if command != "export" {
		fs.BoolVar(&s.json, "json", false, "")
	}
	if command == "apply" {
		fs.BoolVar(&s.shrink, "shrink", false, "")
		fs.Func("wait", "", duration(&s.wait))
	}
	actions = []string{"json", "shrink", "wait"}
	if command == "permissions" {
		actions = append(actions, s.grants.register(fs)...)
	}
	return actions
}

// common are the flags of all commands.
func (s *settings) common(fs *flag.FlagSet) {
	fs.Var(&s.brokers, "broker", "")
	setting.RegisterTLS(fs, &s.tls)
	fs.StringVar(&s.lock, "lock", "", "")
	fs.StringVar(&s.prefix, "prefix", "", "")
	fs.StringVar(&s.defaultQueue, "default-queue", "", "")
	s.maxDelay = 168 * time.Hour
}

// parseMixed reads flags and words in any order, and the environment for flags
// not given, but for actions. A word behind -- is none.
func parseMixed(fs *flag.FlagSet, args []string, getenv func(string) string, actions ...string) (words []string, err error) {
	fs.SetOutput(io.Discard)
	for {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		done := len(args) - fs.NArg()
		if fs.NArg() == 0 || done > 0 && args[done-1] == "--" {
			return append(words, fs.Args()...), setting.FromEnvironment(fs, getenv, actions...)
		}
		words, args = append(words, fs.Arg(0)), fs.Args()[1:]
	}
}

// parse reads the flags of a command, and the environment for those not given.
func parse(command string, args []string, getenv func(string) string) (*settings, error) {
	var s settings
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	actions := s.register(fs, command)
	if err := fs.Parse(args); err != nil {
		return nil, err
	}
	if err := setting.FromEnvironment(fs, getenv, actions...); err != nil {
		return nil, err
	}
	s.names = fs.Args()
	for _, name := range s.names {
		if strings.HasPrefix(name, "-") {
			return nil, fmt.Errorf("flag %s stands behind a broker name (flags come first)", name)
		}
		if strings.ContainsAny(name, ":/@") { // it may be a URL with its password, so it is not shown
			return nil, errors.New("an argument that is no broker name (a URL is given as -broker URL)")
		}
	}
	if s.wait > 0 && !s.shrink {
		return nil, errors.New("-wait is for -shrink")
	}
	return &s, s.grants.check()
}

func duration(target *time.Duration) func(string) error {
	return func(v string) error {
		d, err := time.ParseDuration(v)
		if err != nil || d <= 0 {
			return errors.New("want a duration above 0, as in 30s or 168h")
		}
		*target = d
		return nil
	}
}
