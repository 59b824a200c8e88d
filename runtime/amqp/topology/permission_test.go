package topology

import (
	"regexp"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

func TestPermit(t *testing.T) {
	w := Want{Queues: []actor.Queue{{Name: "eu.a"}, {Name: "eu.b", MaxLength: 5}}, Prefix: "eu.", MaxDelay: time.Hour}
	const level = `actor\.delay\.v1\.[0-9]{2}`
	const delays = level + `|actor\.delay\.v1\.lost|actor\.delay\.v1\.out`
	declaring := Permission{
		`^eu\.(a|a\.XQ|` + delays + `|b|b\.RQ|b\.XQ)$`,
		`^(amq\.default|eu\.(a|` + delays + `|b\.RQ))$`,
		`^eu\.(a|` + delays + `|b|b\.RQ)$`,
	}
	for _, c := range []struct {
		role     Role
		declares bool
		want     Permission
	}{
		{Producer, false, Permission{"^$", `^(amq\.default|eu\.` + level + `)$`, "^$"}},
		{Worker, false, Permission{"^$", `^(amq\.default|eu\.` + level + `)$`, `^eu\.(a|b|b\.RQ)$`}},
		{Operator, false, Permission{"^$", `^amq\.default$`, `^eu\.(a\.XQ|actor\.delay\.v1\.lost|b\.XQ)$`}},
		{Operator, true, Permission{"^$", `^amq\.default$`, `^eu\.(a\.XQ|actor\.delay\.v1\.lost|b\.XQ)$`}},
		{Producer, true, declaring},
		{Worker, true, declaring},
		{Deployer, false, declaring},
	} {
		if got := Permit(w, c.role, c.declares); got != c.want {
			t.Errorf("%s, declares %t: got\n%+v, want\n%+v", c.role, c.declares, got, c.want)
		}
	}
	if got, want := Permit(Want{Queues: w.Queues[:1]}, Worker, false).Read, `^eu\.a$`; got != want {
		t.Errorf("without a prefix: got %s, want %s", got, want)
	}
}

// Expressions mean names as they are, whatever these hold.
func TestPermitTakesNamesLiterally(t *testing.T) {
	const prefix = "a+b|(c)."
	p := Permit(Want{Queues: []actor.Queue{{Name: prefix + "x.y"}, {Name: prefix + "z"}}, Prefix: prefix}, Worker, true)
	for name, want := range map[string]bool{
		prefix + "x.y": true, prefix + "z": true, prefix + "actor.delay.v1.00": true,
		prefix + "x_y": false, prefix + "x.y.XQ": false, prefix + "zz": false, "z": false, "b|(c).z": false, "aab|(c).z": false,
		prefix + "actor.delay.v1.000": false, prefix + "actor_delay.v1.00": false, "": false,
	} {
		if got := regexp.MustCompile(p.Read).MatchString(name); got != want {
			t.Errorf("%s, read %q: got %t, want %t", p.Read, name, got, want)
		}
	}
}
