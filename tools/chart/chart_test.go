// Package chart has the tests of the Helm chart and of the examples that are made from it. It is
// a module of its own, with Helm and the types of Kubernetes, of which the program has nothing.
package chart

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

var update = flag.Bool("update", false, "write the goldens and docs/examples/kubernetes.yaml")

const (
	root  = "../../"
	chart = root + "charts/zkdoctor"
)

// variants are the values files of charts/zkdoctor/ci.
var variants = []string{"one", "example", "monitor", "all"}

// helmProgram builds Helm, where that has not been done, and says where it is.
var helmProgram = sync.OnceValues(func() (string, error) {
	if out, err := exec.CommandContext(context.Background(), "go", "tool", "helm", "version").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go tool helm: %w\n%s", err, out)
	}
	path, err := exec.CommandContext(context.Background(), "go", "tool", "-n", "helm").Output()
	return strings.TrimSpace(string(path)), err
})

// helm runs Helm, and returns what it writes on stdout.
func helm(t *testing.T, args ...string) (string, error) {
	t.Helper()
	home := t.TempDir()
	program, err := helmProgram()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program, args...)
	command.Env = append(os.Environ(), "HELM_CACHE_HOME="+home, "HELM_CONFIG_HOME="+home, "HELM_DATA_HOME="+home, "KUBECONFIG=/dev/null")
	var out, errs bytes.Buffer
	command.Stdout, command.Stderr = &out, &errs
	if err := command.Run(); err != nil {
		return out.String(), fmt.Errorf("helm %q: %w\n%s%s", args, err, out.String(), errs.String())
	}
	return out.String(), nil
}

// rendered is what the chart is with the values of a variant.
func rendered(t *testing.T, variant string, more ...string) string {
	t.Helper()
	args := []string{"template", "zkdoctor", chart, "--namespace", "monitoring", "--values", values(variant)}
	out, err := helm(t, append(args, more...)...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func values(variant string) string { return filepath.Join(chart, "ci", variant+"-values.yaml") }

// object is one document of what was rendered, decoded by Kubernetes's own type.
type object struct {
	meta.TypeMeta
	meta meta.ObjectMeta
	text string
	as   any
}

// objects decodes documents strictly: a field that the type has not is an error.
func objects(t *testing.T, text string) []object {
	t.Helper()
	var all []object
	for _, document := range regexp.MustCompile(`(?m)^---.*\n`).Split(text, -1) {
		if strings.TrimSpace(document) == "" {
			continue
		}
		o := object{text: document}
		var head struct {
			meta.TypeMeta `json:",inline"`
			Metadata      meta.ObjectMeta `json:"metadata"`
		}
		if err := yaml.Unmarshal([]byte(document), &head); err != nil {
			t.Fatalf("%v\n%s", err, document)
		}
		if head.Kind == "" {
			continue // comments alone
		}
		o.TypeMeta, o.meta, o.as = head.TypeMeta, head.Metadata, typeOf(t, head.TypeMeta)
		if err := yaml.UnmarshalStrict([]byte(document), o.as); err != nil {
			t.Errorf("%v\n%s", err, document)
		}
		all = append(all, o)
	}
	return all
}

func typeOf(t *testing.T, of meta.TypeMeta) any {
	t.Helper()
	kinds := map[string]any{
		"v1 ConfigMap":                            new(core.ConfigMap),
		"v1 Service":                              new(core.Service),
		"apps/v1 Deployment":                      new(apps.Deployment),
		"networking.k8s.io/v1 NetworkPolicy":      new(networking.NetworkPolicy),
		"policy/v1 PodDisruptionBudget":           new(policy.PodDisruptionBudget),
		"monitoring.coreos.com/v1 ServiceMonitor": new(monitoring.ServiceMonitor),
		"monitoring.coreos.com/v1 Probe":          new(monitoring.Probe),
		"monitoring.coreos.com/v1 PrometheusRule": new(monitoring.PrometheusRule),
	}
	as := kinds[of.APIVersion+" "+of.Kind]
	if as == nil {
		t.Fatalf("no type for %s %s", of.APIVersion, of.Kind)
	}
	return as
}

// TestLint: the chart is sound with all values that a person may give.
func TestLint(t *testing.T) {
	t.Parallel()
	args := []string{"lint", "--strict", chart}
	for _, variant := range variants {
		if _, err := helm(t, append(args, "--values", values(variant))...); err != nil {
			t.Error(err)
		}
	}
}

// TestGoldens: what is rendered is what was reviewed, but for rules and dashboards, which have
// a test of their own.
func TestGoldens(t *testing.T) {
	t.Parallel()
	for _, variant := range variants {
		var b strings.Builder
		for _, o := range objects(t, rendered(t, variant)) {
			text := o.text
			if len(text) > 10_000 {
				text, _, _ = strings.Cut(text, map[string]string{"ConfigMap": "\ndata:", "PrometheusRule": "\nspec:"}[o.Kind])
				text += "\n# ...\n"
			}
			b.WriteString("---\n" + text)
		}
		golden(t, filepath.Join("testdata", variant+".golden"), b.String())
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s: write it anew with go test . -update, and read the diff; now it is:\n%s", file, got)
	}
}

// TestRights: whatever is asked for, the pod can do nothing, and its Service, monitors and
// policies are about it.
func TestRights(t *testing.T) {
	t.Parallel()
	for _, variant := range variants {
		all := objects(t, rendered(t, variant))
		deployment := only[*apps.Deployment](t, all)
		pod, c := deployment.Spec.Template, deployment.Spec.Template.Spec.Containers[0]
		if s := pod.Spec.SecurityContext; !*s.RunAsNonRoot || *s.RunAsUser == 0 || s.SeccompProfile.Type != core.SeccompProfileTypeRuntimeDefault ||
			*pod.Spec.AutomountServiceAccountToken || *pod.Spec.EnableServiceLinks {
			t.Errorf("%s: %+v", variant, s)
		}
		if s := c.SecurityContext; *s.AllowPrivilegeEscalation || !*s.ReadOnlyRootFilesystem || !slices.Equal(s.Capabilities.Drop, []core.Capability{"ALL"}) {
			t.Errorf("%s: %+v", variant, s)
		}
		service := only[*core.Service](t, all)
		selectors := map[string]map[string]string{
			"Deployment": deployment.Spec.Selector.MatchLabels, "Service": service.Spec.Selector,
		}
		for _, o := range all {
			switch o := o.as.(type) {
			case *networking.NetworkPolicy:
				selectors["NetworkPolicy"] = o.Spec.PodSelector.MatchLabels
			case *policy.PodDisruptionBudget:
				selectors["PodDisruptionBudget"] = o.Spec.Selector.MatchLabels
			case *monitoring.ServiceMonitor:
				if !within(o.Spec.Selector.MatchLabels, service.Labels) || o.Spec.Endpoints[0].Port != service.Spec.Ports[0].Name {
					t.Errorf("%s: the ServiceMonitor is not about the Service: %+v", variant, o.Spec)
				}
			}
		}
		for kind, selector := range selectors {
			if len(selector) == 0 || !within(selector, pod.Labels) {
				t.Errorf("%s: %s selects %v, the pod has %v", variant, kind, selector, pod.Labels)
			}
		}
		if service.Spec.Ports[0].TargetPort.StrVal != c.Ports[0].Name {
			t.Errorf("%s: port %+v", variant, service.Spec.Ports[0])
		}
	}
}

// within reports whether all labels of a are in b.
func within(a, b map[string]string) bool {
	for key, value := range a {
		if b[key] != value {
			return false
		}
	}
	return true
}

// only is the object of a type of which there is one.
func only[T any](t *testing.T, all []object) T {
	t.Helper()
	var found []T
	for _, o := range all {
		if as, ok := o.as.(T); ok {
			found = append(found, as)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d of %T", len(found), *new(T))
	}
	return found[0]
}

// TestRulesAndDashboards: they are those that zkdoctor brings with it.
func TestRulesAndDashboards(t *testing.T) {
	t.Parallel()
	all := objects(t, rendered(t, "all"))
	var want monitoring.PrometheusRule
	decode(t, root+"dashboards/rules/prometheusrule.yaml", &want)
	if got := only[*monitoring.PrometheusRule](t, all); !same(t, got.Spec, want.Spec) || len(got.Spec.Groups) < 3 {
		t.Error("the rules are not those of zkdoctor rules")
	}
	boards := 0
	for _, o := range all {
		config, ok := o.as.(*core.ConfigMap)
		if !ok || o.meta.Labels["grafana_dashboard"] == "" {
			continue
		}
		for name, text := range config.Data {
			boards++
			file, err := os.ReadFile(root + "dashboards/grafana/" + name)
			if err != nil || strings.TrimSpace(text) != strings.TrimSpace(string(file)) {
				t.Errorf("%s is not that of zkdoctor dashboards: %v", name, err)
			}
		}
		if len(o.text) > 250_000 {
			t.Errorf("%s: kubectl apply keeps it in an annotation of at most 256 KiB", o.meta.Name)
		}
	}
	if boards != 3 {
		t.Errorf("%d dashboards", boards)
	}
}

func decode(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(text, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func same(t *testing.T, a, b any) bool {
	t.Helper()
	one, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	other, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Equal(one, other)
}

// TestMistakes: what cannot work is said before anything is installed.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for set, want := range map[string]string{
		`config.ensembles=[]`:                           "config.ensembles: list at least one ensemble",
		`config.ensembles[0].server="zk1"`:              "additional properties 'server' not allowed",
		`config.ensembles[0].zoo_cfg="zoo.cfg"`:         "additional properties 'zoo_cfg' not allowed",
		`config.ensembles[0]={"name":"a","servers":[]}`: "/config/ensembles/0/servers",
		`prometheus.scrape="podMonitor"`:                "/prometheus/scrape",
		`prometheus.interval=15`:                        "/prometheus/interval",
		`image.digest="sha256:1"`:                       "/image/digest",
		`networkPolicy.ports=["https"]`:                 "/networkPolicy/ports/0",
		`ensembles=["zk1"]`:                             "additional properties 'ensembles' not allowed",
		`serviceAccount={"create":true}`:                "additional properties 'serviceAccount' not allowed",
	} {
		_, err := helm(t, "template", "zkdoctor", chart, "--values", values("one"), "--set-json", set)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("--set-json %s: %v, want %q", set, err, want)
		}
	}
}

// TestValues: values.yaml and the schema know the same keys, and all-values.yaml tries each.
func TestValues(t *testing.T) {
	t.Parallel()
	type schema struct {
		Properties map[string]schema `json:"properties"`
	}
	var known schema
	var defaults, tried map[string]any
	text, err := os.ReadFile(chart + "/values.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &known); err != nil {
		t.Fatal(err)
	}
	decode(t, chart+"/values.yaml", &defaults)
	decode(t, values("all"), &tried)
	delete(known.Properties, "global") // Helm's own
	for name, property := range known.Properties {
		if _, ok := defaults[name]; !ok {
			t.Errorf("%s is in the schema and not in values.yaml", name)
		}
		if _, ok := tried[name]; !ok {
			t.Errorf("%s: all-values.yaml does not try it", name)
		}
		keys, isObject := defaults[name].(map[string]any)
		if name == "config" || !isObject {
			continue
		}
		for key := range property.Properties {
			if _, ok := keys[key]; !ok {
				t.Errorf("%s.%s is in the schema and not in values.yaml", name, key)
			}
			if v := tried[name].(map[string]any)[key]; v == nil || same(t, v, keys[key]) && key != "enabled" {
				t.Errorf("%s.%s: all-values.yaml does not try it", name, key)
			}
		}
	}
}

// TestAbout: the address of the project is that of its module, and the version that of the
// newest release.
func TestAbout(t *testing.T) {
	t.Parallel()
	module, err := exec.CommandContext(t.Context(), "go", "-C", root, "list", "-m").Output()
	if err != nil {
		t.Fatal(err)
	}
	var about struct {
		Home    string `json:"home"`
		Version string `json:"version"`
		App     string `json:"appVersion"`
	}
	text, err := os.ReadFile(chart + "/Chart.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &about); err != nil {
		t.Fatal(err)
	}
	address := strings.TrimSpace(string(module))
	if about.Home != "https://"+address {
		t.Errorf("home is %s, the module %s", about.Home, address)
	}
	changes, err := os.ReadFile(root + "CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	release := regexp.MustCompile(`(?m)^## ([0-9.]+)`).FindSubmatch(changes)
	if len(release) == 2 && (about.Version != string(release[1]) || about.App != about.Version) {
		t.Errorf("version %s of %s, the newest release is %s", about.Version, about.App, release[1])
	}
	image := only[*apps.Deployment](t, objects(t, rendered(t, "one"))).Spec.Template.Spec.Containers[0].Image
	if want := "example.org/zkdoctor:" + about.App; image != want {
		t.Errorf("image %s, want %s", image, want)
	}
}
