package management

import (
	"context"
	"regexp"
)

// Policy is a policy or an operator policy.
type Policy struct {
	Name     string
	Pattern  string
	Priority int
	// ApplyTo is all, queues, exchanges, or a type of queues such as
	// quorum_queues.
	ApplyTo    string `json:"apply-to"`
	Definition Table
}

// Policies lists the policies of a virtual host. Of those that match a queue
// the one of the highest priority applies.
func (c *Client) Policies(ctx context.Context, vhost string) (policies []Policy, err error) {
	err = c.get(ctx, &policies, "policies", vhost)
	return policies, err
}

// OperatorPolicies lists the operator policies of a virtual host, of which
// another one applies beside.
func (c *Client) OperatorPolicies(ctx context.Context, vhost string) (policies []Policy, err error) {
	err = c.get(ctx, &policies, "operator-policies", vhost)
	return policies, err
}

// Applying returns the policy that applies to a queue of a type, such as
// quorum; nil for none. Patterns that only Erlang reads match nothing.
func Applying(policies []Policy, queue, kind string) *Policy {
	var found *Policy
	for i := range policies {
		p := &policies[i]
		if found != nil && found.Priority >= p.Priority {
			continue
		}
		switch p.ApplyTo {
		case "all", "queues", kind + "_queues":
			if pattern, err := regexp.Compile(p.Pattern); err == nil && pattern.MatchString(queue) {
				found = p
			}
		}
	}
	return found
}
