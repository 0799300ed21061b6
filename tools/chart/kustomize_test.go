package chart

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

const examples = root + "docs/examples/"

// TestExample: docs/examples/kubernetes.yaml is the chart, without the labels that are Helm's.
func TestExample(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# The exporter with a Probe, for the Prometheus operator; kustomization.yaml adds rules and\n" +
		"# dashboards. Made from charts/zkdoctor, with ci/example-values.yaml: change that.\n")
	for i, o := range objects(t, plain(rendered(t, "example", "--set", "prometheus.rules=false,grafana.dashboards=false"))) {
		if i > 0 {
			b.WriteString("---\n")
		}
		b.WriteString(strings.TrimSpace(o.text) + "\n")
	}
	golden(t, examples+"kubernetes.yaml", b.String())
}

// plain leaves out what only Helm needs, and the checksum of a configuration that people edit.
func plain(text string) string {
	helms := regexp.MustCompile(`(?m)^ *(app.kubernetes.io/(managed-by|version)|helm.sh/chart|# Source): .*\n` +
		`|^ *annotations:\n *# .*\n *checksum/config: .*\n`)
	return helms.ReplaceAllString(text, "")
}

// TestKustomize: docs/examples/kustomization.yaml makes of what zkdoctor writes what the chart
// makes of it.
func TestKustomize(t *testing.T) {
	t.Parallel()
	files := filesys.MakeFsInMemory()
	for from, to := range map[string]string{
		examples + "kustomization.yaml": ".", examples + "kubernetes.yaml": ".",
		root + "dashboards/rules/*.yaml": "rules", root + "dashboards/grafana/*.json": "dashboards",
	} {
		found, err := filepath.Glob(from)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", from, err)
		}
		for _, file := range found {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := files.WriteFile(filepath.Join(to, filepath.Base(file)), text); err != nil {
				t.Fatal(err)
			}
		}
	}
	made, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(files, ".")
	if err != nil {
		t.Fatal(err)
	}
	text, err := made.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	got, want := canonical(t, string(text)), canonical(t, plain(rendered(t, "example")))
	if !slices.Equal(got, want) {
		for _, o := range got {
			if !slices.Contains(want, o) {
				t.Errorf("kustomize alone makes\n%.1500s", o)
			}
		}
		for _, o := range want {
			if !slices.Contains(got, o) {
				t.Errorf("the chart alone makes\n%.1500s", o)
			}
		}
	}
}

// canonical are the objects of documents as their types write them, sorted; without the label
// that the rules have of zkdoctor rules.
func canonical(t *testing.T, text string) []string {
	t.Helper()
	var all []string
	for _, o := range objects(t, text) {
		written, err := yaml.Marshal(o.as)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, strings.Replace(string(written), "    app: zkdoctor\n", "", 1))
	}
	slices.Sort(all)
	return all
}
