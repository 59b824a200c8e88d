package rabbittest

import (
	"context"
	"fmt"
	"os"
	"strings"
)

// ReleaseVariable names the environment variable that says which RabbitMQ the
// tests meet: "4" for a 4.x release, empty for the machine's own, whichever that
// is. Brokers and nodes obey it, and a broker that [URLVariable] names is
// refused where it is another.
const ReleaseVariable = "ACTORGEN_RABBITMQ"

// release is the number before the first dot of the versions that are wanted.
type release string

const (
	machines release = "" // the one that is installed, or that the distribution has
	four     release = "4"
)

func wanted() (release, error) {
	switch r := release(os.Getenv(ReleaseVariable)); r {
	case machines, four:
		return r, nil
	default:
		return "", fmt.Errorf("%s is %q (want %q, or nothing for the machine's own RabbitMQ)", ReleaseVariable, string(r), string(four))
	}
}

// includes reports whether a version is one of the release.
func (r release) includes(version string) bool {
	return r == machines || strings.HasPrefix(version, string(r)+".")
}

// String is what an error calls it.
func (r release) String() string { return strings.TrimSpace("RabbitMQ " + string(r)) }

// waysOut are what to do where the machine has no server of the release.
func (r release) waysOut() []string {
	if r == machines {
		return []string{"install rabbitmq-server"}
	}
	return []string{
		fmt.Sprintf("install rabbitmq-server %s.x", string(r)),
		"run the tests as root on Debian with its mirror in reach",
	}
}

// find returns a server of the release, after installing or unpacking one where
// that is possible.
func (r release) find(ctx context.Context) (installation, error) {
	if r == machines {
		return findOrInstall()
	}
	found, err := findServer()
	if err == nil {
		version, err := found.version()
		if err != nil {
			return installation{}, err
		}
		if r.includes(version) {
			return found, nil
		}
	}
	unpacked, err := findOrUnpack(ctx)
	if err != nil {
		return installation{}, fmt.Errorf("no server %s.x is installed and Debian's cannot be unpacked: %w", string(r), err)
	}
	return unpacked, nil
}

// Version returns the version of the broker that [Open] would return, for
// example "3.10.8". It installs or unpacks what Open would but starts nothing.
// Where Open would start a container, that is only the number before the first
// dot.
func Version(ctx context.Context) (string, error) {
	r, err := wanted()
	if err != nil {
		return "", err
	}
	if raw := os.Getenv(URLVariable); raw != "" {
		b, err := reuse(ctx, raw, r)
		if err != nil {
			return "", err
		}
		return b.Version, b.Close()
	}
	found, noServer := r.find(ctx)
	if noServer == nil {
		return found.version()
	}
	if _, noContainer := findEngine(ctx); noContainer != nil {
		return "", r.nowhere(noServer, noContainer)
	}
	return containerVersion, nil
}

func (r release) nowhere(noServer, noContainer error) error {
	return fmt.Errorf("no %s for the tests: set %s to the URL of a running one, %s, or start docker or podman (%w; %w)",
		r, URLVariable, strings.Join(r.waysOut(), ", "), noServer, noContainer)
}
