package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/topology"
)

// grants say whose permissions are wanted.
type grants struct {
	roles []topology.Role
	// queues are those that a worker works on; none means all.
	queues   []string
	declares bool
	user     string
}

// register returns the flags that have no environment variable.
func (g *grants) register(fs *flag.FlagSet) []string {
	fs.Func("role", "", g.addRoles)
	fs.Func("queues", "", func(v string) error {
		g.queues = append(g.queues, strings.Split(v, ",")...)
		return nil
	})
	fs.BoolVar(&g.declares, "declares", false, "")
	fs.StringVar(&g.user, "user", "", "")
	return []string{"role", "queues", "declares", "user"}
}

func (g *grants) addRoles(v string) error {
	for name := range strings.SplitSeq(v, ",") {
		role := topology.Role(name)
		if !slices.Contains(topology.Roles, role) {
			return fmt.Errorf("want some of %s", strings.Trim(fmt.Sprint(topology.Roles), "[]"))
		}
		g.roles = append(g.roles, role)
	}
	return nil
}

func (g *grants) check() error {
	if len(g.roles) == 0 {
		g.roles = topology.Roles
	}
	if g.user != "" && len(g.roles) > 1 {
		return errors.New("-user is for one -role")
	}
	return nil
}

// narrow leaves the wanted ones of the queues.
func (g *grants) narrow(w topology.Want) ([]actor.Queue, error) {
	if len(g.queues) == 0 {
		return w.Queues, nil
	}
	var wanted []actor.Queue
	for _, name := range g.queues {
		i := slices.IndexFunc(w.Queues, func(q actor.Queue) bool { return q.Name == w.Prefix+name })
		if i < 0 {
			return nil, fmt.Errorf("-queues names %q, which is not in the lock", name)
		}
		wanted = append(wanted, w.Queues[i])
	}
	return wanted, nil
}

// grant is what RabbitMQ imports for one user.
type grant struct {
	User  string `json:"user"`
	VHost string `json:"vhost"`
	topology.Permission
	role topology.Role
}

// permissions prints what users may do at one broker, and need.
func (p process) permissions(_ context.Context, args []string) int {
	s, all, code := p.start("permissions", args)
	if all == nil {
		return code
	}
	if len(all) > 1 {
		return p.misused("permissions are for one broker (name it as an argument)", "topology")
	}
	want, vhost := all[0].want, all[0].location.VHost
	queues, err := s.grants.narrow(want)
	if err != nil {
		return p.misused(err.Error(), "topology")
	}
	var grants []grant
	for _, role := range s.grants.roles {
		g := grant{User: s.grants.user, VHost: vhost, role: role}
		if g.User == "" {
			g.User = string(role)
		}
		w := want
		if role == topology.Worker {
			w.Queues = queues
		}
		g.Permission = topology.Permit(w, role, s.grants.declares)
		grants = append(grants, g)
	}
	if s.json {
		err = writeJSON(p.stdout, map[string][]grant{"permissions": grants})
	} else {
		err = p.printGrants(grants, s.grants.declares)
	}
	if err != nil {
		return p.failed(err)
	}
	return exitDone
}

// purposes explain the roles.
var purposes = map[topology.Role]string{
	topology.Producer: "sends tasks and calls",
	topology.Worker:   "works on queues, sends tasks and calls",
	topology.Operator: "counts messages; shows, requeues and purges dead letters",
	topology.Deployer: "plans and applies the topology",
}

func (p process) printGrants(grants []grant, declares bool) error {
	for _, g := range grants {
		purpose := purposes[g.role]
		if g.role == topology.Producer || g.role == topology.Worker {
			if purpose += "; declares nothing"; declares {
				purpose = strings.Replace(purpose, "nothing", "what is missing", 1)
			}
		}
		_, err := fmt.Fprintf(p.stdout, "# %s: %s\nrabbitmqctl set_permissions -p %s %s %s %s %s\n", g.role, purpose,
			word(g.VHost), word(g.User), word(g.Configure), word(g.Write), word(g.Read))
		if err != nil {
			return err
		}
	}
	return nil
}

// word quotes a text for a shell.
func word(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
