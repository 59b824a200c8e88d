package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// promtool returns the path of promtool: the installed one, else that of Debian's
// package prometheus, which is unpacked for the test and not installed, since it
// would start a server.
func promtool(t *testing.T) string {
	t.Helper()
	if path, err := exec.LookPath("promtool"); err == nil {
		return path
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		t.Fatal("there is neither promtool nor apt-get to get it: install Prometheus")
	}
	directory := t.TempDir()
	err := command(directory, "apt-get", "download", "prometheus")
	if err != nil && os.Getuid() == 0 {
		if err = command(directory, "apt-get", "update"); err == nil {
			err = command(directory, "apt-get", "download", "prometheus")
		}
	}
	if err != nil {
		t.Fatalf("there is no promtool, and its package cannot be had (install Prometheus, or run apt-get update): %v", err)
	}
	packages, err := filepath.Glob(filepath.Join(directory, "prometheus_*.deb"))
	if err != nil || len(packages) != 1 {
		t.Fatalf("got packages %q, want one", packages)
	}
	if err := command(directory, "dpkg-deb", "-x", packages[0], "."); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(directory, "usr", "bin", "promtool")
}

// command runs a command in a directory; its error has the output.
func command(directory, name string, arguments ...string) error {
	cmd := exec.Command(name, arguments...)
	cmd.Dir = directory
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w:\n%s", name, err, output)
	}
	return nil
}

func TestAlertRulesAreValid(t *testing.T) {
	if err := command(".", promtool(t), "check", "rules", "alerts.yml"); err != nil {
		t.Error(err)
	}
}

func TestConfigurationIsValid(t *testing.T) {
	if err := command(".", promtool(t), "check", "config", "prometheus.yml"); err != nil {
		t.Error(err)
	}
}

// TestAlertsFire: alerts_test.yml has series for which they do, and others for which
// they do not.
func TestAlertsFire(t *testing.T) {
	if err := command(".", promtool(t), "test", "rules", "alerts_test.yml"); err != nil {
		t.Error(err)
	}
}
