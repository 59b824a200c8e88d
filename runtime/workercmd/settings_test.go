package workercmd

import (
	"flag"
	"io"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/setting"
)

// environment is a getenv over a map.
type environment map[string]string

func (e environment) get(name string) string { return e[name] }

func TestParse(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		env  environment
		want settings
	}{
		"nothing": {want: settings{}},
		"every flag": {
			args: []string{
				"-broker", "amqp://a/", "-broker", "x=amqp://b/", "-tls-ca", "ca", "-tls-cert", "c", "-tls-key", "k",
				"-declare", "never", "-queues", "mail, images,", "-concurrency", "3",
				"-prefetch", "4", "-metrics", ":9090", "-drain-timeout", "1m", "-log-format", "json", "-log-level", "warn",
			},
			want: settings{
				brokers: setting.Words{"amqp://a/", "x=amqp://b/"}, declare: "never",
				tls:    amqp.TLSFiles{CA: "ca", Certificate: "c", Key: "k"},
				queues: setting.Words{"mail", "images"}, concurrency: 3,
				prefetch: 4, metrics: ":9090", drainTimeout: time.Minute, logFormat: "json", logLevel: slog.LevelWarn,
			},
		},
		"every variable": {
			env: environment{
				"ACTOR_BROKER": "amqp://a/ x=amqp://b/", "ACTOR_TLS_CA": "ca", "ACTOR_TLS_CERT": "c", "ACTOR_TLS_KEY": "k",
				"ACTOR_DECLARE": "never", "ACTOR_QUEUES": "mail,images", "ACTOR_CONCURRENCY": "3",
				"ACTOR_PREFETCH": "4", "ACTOR_METRICS": ":9090", "ACTOR_DRAIN_TIMEOUT": "1m",
				"ACTOR_LOG_FORMAT": "json", "ACTOR_LOG_LEVEL": "WARN",
			},
			want: settings{
				brokers: setting.Words{"amqp://a/", "x=amqp://b/"}, declare: "never",
				tls:    amqp.TLSFiles{CA: "ca", Certificate: "c", Key: "k"},
				queues: setting.Words{"mail", "images"}, concurrency: 3,
				prefetch: 4, metrics: ":9090", drainTimeout: time.Minute, logFormat: "json", logLevel: slog.LevelWarn,
			},
		},
		"a flag wins over its variable": {
			args: []string{"-broker", "amqp://flag/", "-queues=flag", "-concurrency=1"},
			env:  environment{"ACTOR_BROKER": "amqp://env/", "ACTOR_QUEUES": "env", "ACTOR_CONCURRENCY": "wrong", "ACTOR_PREFETCH": "9"},
			want: settings{brokers: setting.Words{"amqp://flag/"}, queues: setting.Words{"flag"}, concurrency: 1, prefetch: 9},
		},
		"the version, whatever else is wrong": {
			args: []string{"-version", "argument"},
			env:  environment{"ACTOR_CONCURRENCY": "wrong"},
			want: settings{version: true},
		},
		"the version is no variable": {
			env:  environment{"ACTOR_VERSION": "true"},
			want: settings{},
		},
		"an empty variable is none": {
			env:  environment{"ACTOR_CONCURRENCY": "", "ACTOR_BROKER": ""},
			want: settings{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parse(test.args, test.env.get)
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, %v, want %+v", got, err, test.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		env  environment
		want []string // in the error
	}{
		"zero concurrency":        {args: []string{"-concurrency", "0"}, want: []string{"-concurrency", "above 0"}},
		"prefetch that is a word": {args: []string{"-prefetch", "many"}, want: []string{"-prefetch", `"many"`}},
		"time without a unit":     {args: []string{"-drain-timeout", "30"}, want: []string{"-drain-timeout", "30s"}},
		"no time at all":          {args: []string{"-drain-timeout", "0s"}, want: []string{"-drain-timeout"}},
		"log format":              {args: []string{"-log-format", "xml"}, want: []string{"-log-format", "text or json"}},
		"log level":               {args: []string{"-log-level", "loud"}, want: []string{"-log-level", "loud"}},
		"unknown flag":            {args: []string{"-brokers", "x"}, want: []string{"-brokers"}},
		"two variables at once": {
			env:  environment{"ACTOR_CONCURRENCY": "-1", "ACTOR_LOG_FORMAT": "xml"},
			want: []string{"ACTOR_CONCURRENCY", "ACTOR_LOG_FORMAT"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse(test.args, test.env.get)
			if err == nil {
				t.Fatal("got no error")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want it to name %q", err, want)
				}
			}
		})
	}
}

// Whatever is wrong with a broker's URL, the error does not show it.
func TestPasswordsAreNotShown(t *testing.T) {
	for name, args := range map[string][]string{
		"argument without flag": {"amqp://u:secret@h/"},
		"no scheme":             {"-broker", "u:secret@h"},
		"unknown scheme":        {"-broker", "http://u:secret@h/"},
		"given twice":           {"-broker", "amqp://u:secret@h/", "-broker", "amqp://u:secret@h/"},
		"missing broker":        {"-broker", "other=amqp://u:secret@h/"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := parse(args, environment{}.get)
			if err == nil {
				_, err = assign(s, tables("default/mail"))
			}
			if err == nil || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %v, want an error without the password", err)
			}
		})
	}
}

func TestHelpNamesEveryFlagOnOneScreen(t *testing.T) {
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	new(settings).register(fs)
	fs.VisitAll(func(f *flag.Flag) {
		if !strings.Contains(help, "\n  -"+f.Name+" ") {
			t.Errorf("the help has no line for -%s", f.Name)
		}
	})
	lines := strings.Split(help, "\n")
	if len(lines) > 30 {
		t.Errorf("the help has %d lines, want at most 30", len(lines))
	}
	for _, line := range lines {
		if len(line) > 80 {
			t.Errorf("%d columns, want at most 80: %s", len(line), line)
		}
	}
}
