package topology

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/runtime/amqp"
)

// roles are what users of each role do, who declare or do not, with nothing but
// what is there before.
var roles = []struct {
	role    Role
	declare amqp.Declare
	steps   []step
}{
	{Producer, amqp.DeclareNever, sending},
	{Producer, amqp.DeclareCheck, sending},
	{Producer, amqp.DeclareAlways, sending},
	{Worker, amqp.DeclareNever, working},
	{Worker, amqp.DeclareCheck, working},
	{Worker, amqp.DeclareAlways, working},
	{Operator, amqp.DeclareNever, operating},
	{Deployer, amqp.DeclareNever, deploying},
}

// Every role does all its work with exactly its permissions.
func TestRolesMayDoTheirWork(t *testing.T) {
	for _, c := range roles {
		t.Run(fmt.Sprint(c.role, " ", c.declare), func(t *testing.T) {
			r := newRig(t)
			w := r.small()
			declares := c.declare == amqp.DeclareAlways
			if !declares && c.role != Deployer {
				mustApply(t, r.over(false), w)
			}
			u := r.user(Permit(w, c.role, declares), c.declare)
			for _, step := range c.steps {
				if err := step.do(u); err != nil {
					t.Errorf("%s: %v", step.name, err)
				}
			}
			if declares {
				equal(t, "plan of what was declared", r.lines(mustPlan(t, r.over(true), w)), nil)
			}
		})
	}
}

// Without any one of its permissions a role fails at something, and is told which
// it lacks. So none of them is too much.
func TestRolesMayDoNothingElse(t *testing.T) {
	for _, c := range roles {
		declares := c.declare == amqp.DeclareAlways
		if c.declare == amqp.DeclareCheck || declares && c.role == Worker {
			continue // the same as without, and as a producer
		}
		t.Run(fmt.Sprint(c.role, " ", c.declare), func(t *testing.T) {
			r := newRig(t)
			deployed := !declares && c.role != Deployer
			if deployed {
				mustApply(t, r.over(false), r.small())
			}
			for verb, names := range allow(r.small(), c.role, declares) {
				for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
					t.Run(verbs[verb]+" "+name, func(t *testing.T) {
						one := &rig{T: t, prefix: r.prefix, url: r.url, api: r.api}
						if !deployed { // from nothing, each time
							defer one.sweep()
						}
						one.without(verb, name, c.role, c.declare, c.steps)
					})
				}
			}
		})
	}
}

// without does the steps of a role that lacks a permission.
func (r *rig) without(verb int, name string, role Role, declare amqp.Declare, steps []step) {
	less := allow(r.small(), role, declare == amqp.DeclareAlways)
	less[verb] = slices.DeleteFunc(less[verb], func(other string) bool { return other == name })
	u := r.user(less.permission(r.prefix), declare)
	var said strings.Builder
	for _, step := range steps {
		if err := step.do(u); err != nil {
			fmt.Fprintf(&said, "%s: %v\n", step.name, err)
		}
	}
	said.WriteString(u.logged.String())
	want := regexp.MustCompile(`access to (queue|exchange) '` + name + `' .*lacks permission to [a-z, ]*\b` + verbs[verb] + `\b`)
	if !want.MatchString(said.String()) {
		r.Errorf("got\n%s\nwant it to match %s", &said, want)
	}
}

var verbs = [...]string{configure: "configure", write: "write", read: "read"}

// No role can do the work of another.
func TestRolesAreApart(t *testing.T) {
	r := newRig(t)
	w := r.small()
	mustApply(t, r.over(false), w)
	users := map[string]*user{
		"producer": r.user(Permit(w, Producer, false), amqp.DeclareNever),
		"operator": r.user(Permit(w, Operator, false), amqp.DeclareNever),
		"worker of simple": r.user(Permit(Want{Queues: w.Queues[:1], Prefix: w.Prefix, MaxDelay: w.MaxDelay}, Worker, false),
			amqp.DeclareNever),
		"worker of limited": r.user(Permit(Want{Queues: w.Queues[1:], Prefix: w.Prefix, MaxDelay: w.MaxDelay}, Worker, false),
			amqp.DeclareNever),
	}
	for name, steps := range map[string][]step{
		"producer": {
			take(simple, tasks), take(limited, tasks), take(limited, retries), take(simple, dead), purge(simple), lost, create, remove},
		"operator":          {take(simple, tasks), take(limited, tasks), take(limited, retries), delay(simple), create, remove},
		"worker of simple":  {take(limited, tasks), take(limited, retries), take(simple, dead), purge(simple), lost, create, remove},
		"worker of limited": {take(simple, tasks), take(limited, dead), purge(limited), lost, create, remove},
	} {
		for _, step := range steps {
			if err := step.do(users[name]); err == nil || !strings.Contains(err.Error(), "ACCESS_REFUSED") {
				t.Errorf("%s, %s: got %v, want it refused", name, step.name, err)
			}
		}
	}
}
