package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/actorgen/actorgen/runtime/setting"
)

// settings are the flags of the topology commands.
type settings struct {
	brokers, apis setting.Words
	lock          string
	prefix        string
	defaultQueue  string
	maxDelay      time.Duration

	json   bool
	shrink bool
	wait   time.Duration

	// names narrow down the brokers; none means all.
	names []string
}

// register is the one list of flags, and returns those that only some commands
// have.
func (s *settings) register(fs *flag.FlagSet, command string) (actions []string) {
	fs.Var(&s.brokers, "broker", "")
	fs.Var(&s.apis, "api", "")
	fs.StringVar(&s.lock, "lock", "", "")
	fs.StringVar(&s.prefix, "prefix", "", "")
	fs.StringVar(&s.defaultQueue, "default-queue", "", "")
	s.maxDelay = 168 * time.Hour
	fs.Func("max-delay", "", duration(&s.maxDelay))
	if command != "export" {
		fs.BoolVar(&s.json, "json", false, "")
	}
	if command == "apply" {
		fs.BoolVar(&s.shrink, "shrink", false, "")
		fs.Func("wait", "", duration(&s.wait))
	}
	return []string{"json", "shrink", "wait"}
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
	return &s, nil
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
