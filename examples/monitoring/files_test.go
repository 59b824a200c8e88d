package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/actorgen/actorgen/runtime/metrics"
)

// metric is what the library says of one.
type metric struct {
	help   string
	labels []string
}

var description = regexp.MustCompile(`fqName: "([^"]+)", help: "([^"]+)", unit: "[^"]*", constLabels: \{broker="[^"]*"\}, variableLabels: \{([^}]*)\}`)

// known returns every metric of the library, by name.
func known(t *testing.T) map[string]metric {
	t.Helper()
	m := metrics.New("default", nil)
	descs := make(chan *prometheus.Desc, 100)
	m.Describe(descs)
	m.Queues().Describe(descs)
	close(descs)
	all := make(map[string]metric)
	for d := range descs {
		found := description.FindStringSubmatch(d.String())
		if found == nil {
			t.Fatalf("got %s, want it understood", d)
		}
		labels := strings.FieldsFunc(found[3], func(r rune) bool { return r == ',' })
		all[found[1]] = metric{help: found[2], labels: append(labels, "broker")}
	}
	return all
}

// dashboard is what the tests read of one.
type dashboard struct {
	Title         string
	UID           string
	SchemaVersion int
	Templating    struct{ List []struct{ Name string } }
	Panels        []struct {
		ID         int
		Type       string
		Title      string
		Datasource struct{ UID string }
		GridPos    struct{ H, W, X, Y int }
		Targets    []struct{ RefID, Expr, LegendFormat string }
	}
}

func readDashboard(t *testing.T) dashboard {
	t.Helper()
	text, err := os.ReadFile("dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var d dashboard
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDashboardIsWhole(t *testing.T) {
	d := readDashboard(t)
	if d.Title == "" || d.UID == "" || d.SchemaVersion < 30 {
		t.Errorf("got title %q, uid %q, schema %d, want all three", d.Title, d.UID, d.SchemaVersion)
	}
	variables := []string{"__rate_interval"}
	for _, v := range d.Templating.List {
		variables = append(variables, v.Name)
	}
	ids, taken := make(map[int]bool), make(map[[2]int]string)
	for _, p := range d.Panels {
		if ids[p.ID] || p.Title == "" {
			t.Errorf("panel %d %q: got no title, or its ID twice", p.ID, p.Title)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" || x > 23 {
					t.Fatalf("panel %q lies over %q, or beyond the edge", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		if p.Type == "row" {
			continue
		}
		if len(p.Targets) == 0 || p.Datasource.UID != "${datasource}" {
			t.Errorf("panel %q: got %d targets and data source %q, want some of the one that the user chooses", p.Title, len(p.Targets), p.Datasource.UID)
		}
		for _, target := range p.Targets {
			for _, v := range regexp.MustCompile(`\$(\w+)`).FindAllStringSubmatch(target.Expr, -1) {
				if !slices.Contains(variables, v[1]) {
					t.Errorf("panel %q: no variable %s", p.Title, v[0])
				}
			}
		}
	}
}

// expressions returns those of the dashboard and of the alerts, by where they are.
func expressions(t *testing.T) map[string]string {
	t.Helper()
	all := make(map[string]string)
	for _, p := range readDashboard(t).Panels {
		for _, target := range p.Targets {
			all["dashboard: "+p.Title+" "+target.RefID] = target.Expr + " # " + target.LegendFormat
		}
	}
	text, err := os.ReadFile("alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range strings.Split(string(text), "- alert: ")[1:] {
		name, rest, _ := strings.Cut(rule, "\n")
		_, rest, _ = strings.Cut(rest, "expr: ")
		expr, _, _ := strings.Cut(rest, "labels: {severity")
		if expr == "" {
			t.Errorf("alert %s: got no expression", name)
		}
		all["alert: "+name] = expr
	}
	return all
}

var (
	metricName = regexp.MustCompile(`\bactorgen_[a-z_]+`)
	matchers   = regexp.MustCompile(`\b(actorgen_[a-z_]+)\{([^}]*)\}`)
	matcher    = regexp.MustCompile(`(\w+)(?:=~|!~|!=|=)"`)
	grouping   = regexp.MustCompile(`\b(?:by|on) \(([^)]*)\)`)
	legend     = regexp.MustCompile(`\{\{(\w+)\}\}`)
	suffix     = regexp.MustCompile(`_(bucket|count|sum)$`)
)

// TestExpressionsNameWhatThereIs: metrics and labels that the library does not have
// would leave a panel empty, and an alert silent for ever.
func TestExpressionsNameWhatThereIs(t *testing.T) {
	all := known(t)
	lookup := func(name string) (metric, bool) {
		if m, ok := all[name]; ok {
			return m, true
		}
		m, ok := all[suffix.ReplaceAllString(name, "")]
		m.labels = append(slices.Clone(m.labels), "le")
		return m, ok
	}
	shown := make(map[string]bool)
	for where, expr := range expressions(t) {
		possible := []string{"instance"} // Prometheus adds that
		for _, name := range metricName.FindAllString(expr, -1) {
			m, ok := lookup(name)
			if !ok {
				t.Errorf("%s: no metric %s", where, name)
			}
			possible = append(possible, m.labels...)
			if strings.HasPrefix(where, "dashboard") {
				shown[name], shown[suffix.ReplaceAllString(name, "")] = true, true
			}
		}
		for _, selected := range matchers.FindAllStringSubmatch(expr, -1) {
			m, _ := lookup(selected[1])
			for _, label := range matcher.FindAllStringSubmatch(selected[2], -1) {
				if !slices.Contains(m.labels, label[1]) && label[1] != "instance" {
					t.Errorf("%s: metric %s has no label %s", where, selected[1], label[1])
				}
			}
		}
		var used []string
		for _, group := range grouping.FindAllStringSubmatch(expr, -1) {
			used = append(used, strings.Split(group[1], ", ")...)
		}
		for _, l := range legend.FindAllStringSubmatch(expr, -1) {
			used = append(used, l[1])
		}
		for _, label := range used {
			if !slices.Contains(possible, label) {
				t.Errorf("%s: no metric in it has the label %s", where, label)
			}
		}
	}
	for name := range all {
		if !shown[name] {
			t.Errorf("no panel of the dashboard shows %s", name)
		}
	}
}

// TestDashboardExpressionsAreValid has promtool read them as rules.
func TestDashboardExpressionsAreValid(t *testing.T) {
	variable := strings.NewReplacer("$__rate_interval", "5m", "$broker", ".*", "$queue", ".*")
	var rules strings.Builder
	rules.WriteString("groups:\n  - name: dashboard\n    rules:\n")
	n := 0
	for _, p := range readDashboard(t).Panels {
		for _, target := range p.Targets {
			n++
			fmt.Fprintf(&rules, "      - record: panel_%d_%s\n        expr: %q\n", p.ID, target.RefID, variable.Replace(target.Expr))
		}
	}
	path := filepath.Join(t.TempDir(), "dashboard.yml")
	if err := os.WriteFile(path, []byte(rules.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := command(".", promtool(t), "check", "rules", path); err != nil || n < 20 {
		t.Errorf("got %d expressions, %v", n, err)
	}
}

// TestPageDescribesEveryMetric: docs/monitoring.md has a row for each, with its labels,
// and none for another.
func TestPageDescribesEveryMetric(t *testing.T) {
	text, err := os.ReadFile("../../docs/monitoring.md")
	if err != nil {
		t.Fatal(err)
	}
	all := known(t)
	rows := regexp.MustCompile("(?m)^\\| `(actorgen_[a-z_]+)` \\| ([a-z]+) \\| ([^|]*) \\| (.+) \\|$").FindAllStringSubmatch(string(text), -1)
	for _, row := range rows {
		m, ok := all[row[1]]
		if !ok {
			t.Errorf("the page describes %s, which does not exist", row[1])
			continue
		}
		delete(all, row[1])
		labels := slices.DeleteFunc(m.labels, func(l string) bool { return l == "broker" })
		if want := strings.Join(labels, ", "); strings.TrimSpace(row[3]) != want {
			t.Errorf("%s: the page has labels %q, want %q", row[1], row[3], want)
		}
		counter := strings.HasSuffix(row[1], "_total")
		if histogram := strings.HasSuffix(row[1], "_seconds"); (row[2] == "counter") != counter || (row[2] == "histogram") != histogram {
			t.Errorf("%s: the page calls it a %s", row[1], row[2])
		}
	}
	for name := range all {
		t.Errorf("the page does not describe %s", name)
	}
	for _, name := range regexp.MustCompile(`Actorgen[A-Za-z]+`).FindAllString(string(text), -1) {
		if _, ok := expressions(t)["alert: "+name]; !ok {
			t.Errorf("the page names alert %s, which does not exist", name)
		}
	}
	for where := range expressions(t) {
		if name, ok := strings.CutPrefix(where, "alert: "); ok && !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("the page does not explain alert %s", name)
		}
	}
}
