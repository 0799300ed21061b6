package exporter

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// knownKeys is an error for the first key of a map that is none of these: what
// reads itself is not strict of itself.
func knownKeys(node *yaml.Node, what string, keys ...string) error {
	if node.Kind != yaml.MappingNode {
		return nil // decoding it says what is wrong
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if key := node.Content[i]; !slices.Contains(keys, key.Value) {
			return fmt.Errorf("line %d: unknown key %q in %s: there are %s", key.Line, key.Value, what, strings.Join(keys, ", "))
		}
	}
	return nil
}

// Duration is a time span as Go writes it: 2s, 500ms.
type Duration time.Duration

// UnmarshalYAML reads a time span that is more than 0.
func (d *Duration) UnmarshalYAML(node *yaml.Node) error {
	parsed, err := time.ParseDuration(node.Value)
	if err != nil || parsed <= 0 {
		return fmt.Errorf("line %d: %q is no time span: write 2s or 500ms", node.Line, node.Value)
	}
	*d = Duration(parsed)
	return nil
}
