package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// errNoConfigMap is that of manifests without a configuration of ZooKeeper.
var errNoConfigMap = errors.New("no ConfigMap with a configuration of ZooKeeper")

// readManifest finds the configurations in the ConfigMaps of Kubernetes manifests: one object a
// document, or lists of them. JSON is YAML.
func (in *lintInput) readManifest(name string, text []byte) error {
	before := len(in.found)
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%s: %w (a template must be rendered first)", name, err)
		}
		for _, object := range document.Content {
			if err := in.readObject(name, object); err != nil {
				return err
			}
		}
	}
	if len(in.found) == before {
		return fmt.Errorf("%s: %w", name, errNoConfigMap)
	}
	return nil
}

func (in *lintInput) readObject(name string, object *yaml.Node) error {
	switch kind := text(object, "kind"); {
	case kind == "ConfigMap":
		return in.readConfigMap(name, object)
	case strings.HasSuffix(kind, "List"):
		if items := value(object, "items"); items != nil && items.Kind == yaml.SequenceNode {
			for _, item := range items.Content {
				if err := in.readObject(name, item); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// readConfigMap takes the entries that are the zoo.cfg of a server: with a key that such a file
// must have.
func (in *lintInput) readConfigMap(name string, object *yaml.Node) error {
	data := value(object, "data")
	if data == nil || data.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(data.Content); i += 2 {
		key, node := data.Content[i].Value, data.Content[i+1]
		if node.Kind != yaml.ScalarNode || !isConfig(node.Value) {
			continue
		}
		config := zoocfg.Parse(name, inPlace(node))
		file := lint.File{Config: config}
		file.Elsewhere = true
		file.Object = fmt.Sprintf("ConfigMap %s, %s", text(value(object, "metadata"), "name"), key)
		if node.Style != yaml.LiteralStyle {
			file.Line = node.Line
		}
		if dynamic := config.DynamicConfigFile; dynamic.IsSet() {
			if beside := value(data, path.Base(dynamic.Value)); beside != nil && beside.Kind == yaml.ScalarNode {
				config.AddDynamic(name, inPlace(beside))
			} else {
				file.NoDynamic = dynamic.Value
			}
		}
		if err := in.add(file); err != nil {
			return err
		}
	}
	return nil
}

// isConfig reports whether a text has a key that a zoo.cfg must have.
func isConfig(text string) bool {
	has := func(key string) bool { return strings.Contains(text, key) } // most ConfigMaps are others'
	if !slices.ContainsFunc([]string{"dataDir", "tickTime", "clientPort"}, has) {
		return false
	}
	config := zoocfg.Parse("", []byte(text))
	return config.DataDir.IsSet() || config.TickTime.IsSet() || config.ClientPort.IsSet()
}

// inPlace is a text with as many empty lines before it as there are lines before it in its
// file: a block begins below its key, so the lines are those of the file.
func inPlace(node *yaml.Node) []byte {
	return []byte(strings.Repeat("\n", node.Line) + node.Value)
}

// value is that of a key; nil where there is none.
func value(object *yaml.Node, key string) *yaml.Node {
	if object == nil || object.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(object.Content); i += 2 {
		if object.Content[i].Value == key {
			return object.Content[i+1]
		}
	}
	return nil
}

func text(object *yaml.Node, key string) string {
	if v := value(object, key); v != nil {
		return v.Value
	}
	return ""
}
