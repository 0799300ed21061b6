package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

type kubectlCmd struct {
	StatefulSet string `arg:"" name:"statefulset" help:"The StatefulSet whose pods are the servers."`

	Namespace  string `short:"n" placeholder:"NAME" group:"what" help:"Its namespace. Without this: that of kubectl's context."`
	Context    string `placeholder:"NAME" group:"what" help:"The context of kubectl's configuration."`
	Kubeconfig string `placeholder:"FILE" group:"what" help:"The configuration of kubectl."`
	Container  string `placeholder:"NAME" group:"what" help:"The container of ZooKeeper, where the pods have several."`

	PushBinary  []string `sep:"none" placeholder:"FILE" group:"how" help:"A zkdoctor for pods of another architecture or system than this one's; as that of check."`
	PushTimeout duration `group:"how" default:"1m" help:"Limit of the sending of zkdoctor to a pod."`
	Deadline    duration `group:"how" default:"20s" help:"Limit of the run without the sending."`

	Output string `short:"o" enum:"text,json,nagios,markdown" default:"text" group:"say" help:"text, json, nagios or markdown."`
	All    bool   `group:"say" help:"Also show folded findings, and passed and skipped checks."`
	Out    string `placeholder:"FILE" group:"say" help:"Write a snapshot too: for check --from."`
}

// Help is shown under the usage line.
func (*kubectlCmd) Help() string {
	return `kubectl finds the pods, and zkdoctor is sent to each by kubectl exec, for the time of the
check: they need a shell, and no zkdoctor. docs/kubernetes.md says what it needs.

As a plugin of kubectl, where the program has the name kubectl-zkdoctor in the PATH:
  kubectl zkdoctor -n NAMESPACE STATEFULSET`
}

// pluginArgs are the arguments of a program that kubectl started as its plugin.
func pluginArgs(args []string) []string {
	name := strings.TrimSuffix(filepath.Base(args[0]), ".exe")
	if name == "kubectl-zkdoctor" {
		return append([]string{"kubectl"}, args[1:]...)
	}
	return args[1:]
}

// Run asks kubectl for the pods, and then is check.
func (c *kubectlCmd) Run(ctx context.Context, t terminal) error {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(c.Deadline))
	defer cancel()
	var set statefulSet
	if err := c.get(ctx, &set, "statefulset", c.StatefulSet); err != nil {
		return err
	}
	var list podList
	if err := c.get(ctx, &list, "pods", "-l", set.selector()); err != nil {
		return err
	}
	pods := list.of(c.StatefulSet)
	if len(pods) == 0 {
		return fmt.Errorf("the StatefulSet %s has no pods", c.StatefulSet)
	}
	container, err := pods[0].container(c.Container)
	if err != nil {
		return err
	}
	return exitError(run(c.check(set, pods, container), t))
}

// check is the command line that checks the pods.
func (c *kubectlCmd) check(set statefulSet, pods []podItem, container containerSpec) []string {
	via := []string{"kubectl"}
	for _, word := range append(c.kubectl(), "exec", "-i", "{name}", "-c", container.Name, "--") {
		quote := "'"
		if strings.Contains(word, quote) {
			quote = `"`
		}
		via = append(via, quote+word+quote)
	}
	args := []string{
		"check", "--no-local", "--push", "--via=" + strings.Join(via, " "), "--output=" + c.Output,
		"--deadline=" + time.Duration(c.Deadline).String(), "--push-timeout=" + time.Duration(c.PushTimeout).String(),
	}
	for _, file := range c.PushBinary {
		args = append(args, "--push-binary="+file)
	}
	if c.All {
		args = append(args, "--all")
	}
	if c.Out != "" {
		args = append(args, "--out="+c.Out)
	}
	args = append(args, "--")
	for _, pod := range pods {
		target := pod.Metadata.Name + "." + set.Spec.ServiceName
		if port := container.clientPort(); port != 2181 {
			target += ":" + strconv.Itoa(port)
		}
		args = append(args, target)
	}
	return args
}

// kubectl are the flags by which kubectl gets to the namespace.
func (c *kubectlCmd) kubectl() []string {
	var flags []string
	for _, flag := range []struct{ name, value string }{
		{"--kubeconfig", c.Kubeconfig}, {"--context", c.Context}, {"--namespace", c.Namespace},
	} {
		if flag.value != "" {
			flags = append(flags, flag.name+"="+flag.value)
		}
	}
	return flags
}

// maxObjects bounds what is read of kubectl: a pod has some 10 KiB.
const maxObjects = 16 << 20

// get has kubectl get objects.
func (c *kubectlCmd) get(ctx context.Context, into any, words ...string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	command := append(append(append([]string{"kubectl"}, c.kubectl()...), "get", "-o", "json"), words...)
	out := &capped{keep: maxObjects, most: maxObjects, tooMuch: cancel}
	said := &capped{keep: maxWords, most: maxWordsOut, tooMuch: cancel}
	code, err := runApart(ctx, command, nil, out, said)
	what := strings.Join(words[:1], " ")
	switch {
	case out.over() || said.over():
		return fmt.Errorf("kubectl get %s wrote more than %d MiB", what, maxObjects>>20)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("kubectl get %s gave no answer in %v%s", what, time.Duration(c.Deadline), lastLine(said.text()))
	case ctx.Err() != nil:
		return errors.New("interrupted")
	case err != nil:
		return fmt.Errorf("kubectl %w", err)
	case code != 0:
		return fmt.Errorf("kubectl get %s ended with exit code %d%s", what, code, lastLine(said.text()))
	}
	if err := json.Unmarshal(out.bytes(), into); err != nil {
		return fmt.Errorf("what kubectl get %s wrote is not what it should be: it begins with %q", what, firstWords(out.text()))
	}
	return nil
}

// The parts of Kubernetes's objects that are needed.
type (
	statefulSet struct {
		Spec struct {
			ServiceName string `json:"serviceName"`
			Selector    struct {
				MatchLabels map[string]string `json:"matchLabels"`
			} `json:"selector"`
		} `json:"spec"`
	}
	podList struct {
		Items []podItem `json:"items"`
	}
	podItem struct {
		Metadata struct {
			Name            string            `json:"name"`
			Annotations     map[string]string `json:"annotations"`
			OwnerReferences []struct {
				Kind string `json:"kind"`
				Name string `json:"name"`
			} `json:"ownerReferences"`
		} `json:"metadata"`
		Spec struct {
			Containers []containerSpec `json:"containers"`
		} `json:"spec"`
	}
	containerSpec struct {
		Name  string `json:"name"`
		Ports []struct {
			Name string `json:"name"`
			Port int    `json:"containerPort"`
		} `json:"ports"`
	}
)

// selector selects the pods, and maybe others.
func (s statefulSet) selector() string {
	var terms []string
	for _, key := range slices.Sorted(maps.Keys(s.Spec.Selector.MatchLabels)) {
		terms = append(terms, key+"="+s.Spec.Selector.MatchLabels[key])
	}
	return strings.Join(terms, ",")
}

// of are the pods that a StatefulSet made, by their ordinals.
func (l podList) of(set string) []podItem {
	var pods []podItem
	for _, pod := range l.Items {
		for _, owner := range pod.Metadata.OwnerReferences {
			if owner.Kind == "StatefulSet" && owner.Name == set {
				pods = append(pods, pod)
			}
		}
	}
	slices.SortFunc(pods, func(a, b podItem) int { return a.ordinal() - b.ordinal() })
	return pods
}

func (p podItem) ordinal() int {
	n, _ := strconv.Atoi(p.Metadata.Name[strings.LastIndex(p.Metadata.Name, "-")+1:])
	return n
}

// container is the one that is named, or else the one that runs ZooKeeper.
func (p podItem) container(named string) (containerSpec, error) {
	all := p.Spec.Containers
	for _, fits := range []func(containerSpec) bool{
		func(c containerSpec) bool { return c.Name == named },
		func(containerSpec) bool { return named == "" && len(all) == 1 },
		func(c containerSpec) bool { return named == "" && strings.Contains(c.Name, "zookeeper") },
		func(c containerSpec) bool {
			return named == "" && c.Name == p.Metadata.Annotations["kubectl.kubernetes.io/default-container"]
		},
	} {
		if i := slices.IndexFunc(all, fits); i >= 0 {
			return all[i], nil
		}
	}
	var names []string
	for _, c := range all {
		names = append(names, c.Name)
	}
	return containerSpec{}, fmt.Errorf("the pods have the containers %s: name that of ZooKeeper with --container", strings.Join(names, ", "))
}

// plainClientPort are names of a client port, and not of one for TLS: tls-client, secure-client.
var plainClientPort = regexp.MustCompile(`(?i)^(zk-?|zookeeper-?)?client(-?port)?$`)

// clientPort is the port that is called so, and 2181 where none is.
func (c containerSpec) clientPort() int {
	for _, port := range c.Ports {
		if port.Port == 2181 {
			return 2181
		}
	}
	for _, port := range c.Ports {
		if plainClientPort.MatchString(port.Name) {
			return port.Port
		}
	}
	return 2181
}
