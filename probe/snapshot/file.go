package snapshot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/internal/asciijson"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// MaxSnapshotFile bounds what is read of a snapshot. One of 1,000 servers with two
// looks at each takes some 20 MB; one of seven servers takes half a megabyte.
const MaxSnapshotFile = 32 << 20

// WriteSnapshot writes a snapshot for later, or for somebody else, as indented
// JSON: without what could be a secret (see shareable). The error is the writer's.
func WriteSnapshot(w io.Writer, s *Snapshot) error {
	return asciijson.Write(w, s.shareable(), " ")
}

// WriteLine writes a snapshot as WriteSnapshot does, in one line: a record has one a line.
func WriteLine(w io.Writer, s *Snapshot) error {
	return asciijson.Write(w, s.shareable(), "")
}

// Budget is what snapshots that are read together may take in memory, once decoded.
type Budget struct{ left int }

// NewBudget is one of MaxDecoded, of which others take so many parts.
func NewBudget(parts int) *Budget { return &Budget{MaxDecoded / max(parts, 1)} }

// ReadSnapshot reads what WriteSnapshot wrote, by this zkdoctor or an older one.
// The errors are sentences for the user that go on after the file's name.
func ReadSnapshot(text []byte) (*Snapshot, error) { return NewBudget(1).ReadSnapshot(text) }

// ReadSnapshot is that for one of several.
func (b *Budget) ReadSnapshot(text []byte) (*Snapshot, error) {
	switch {
	case len(text) > MaxSnapshotFile:
		return nil, fmt.Errorf("is larger than %d MiB: no snapshot is", MaxSnapshotFile>>20)
	case len(bytes.TrimSpace(text)) == 0:
		return nil, errors.New("is empty: write it with zkdoctor collect")
	}
	weight, end, err := weigh(text, reflect.TypeFor[Snapshot](), b.left)
	if err != nil {
		return nil, notDecoded(text, err)
	}
	if rest := bytes.TrimSpace(text[end:]); len(rest) > 0 {
		return nil, fmt.Errorf("has %d bytes behind the snapshot: one file, one snapshot", len(rest))
	}
	// First what it is: a foreign file is told from a broken one.
	var head struct {
		Format *int   `json:"format"`
		Schema *int   `json:"schema_version"`
		Tool   string `json:"tool"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, notDecoded(text, err)
	}
	switch {
	case head.Schema != nil:
		return nil, errors.New("is a report (check -o json), and no snapshot: write one with zkdoctor collect")
	case head.Format == nil:
		return nil, errors.New("is JSON, and no snapshot of zkdoctor: write one with zkdoctor collect")
	case *head.Format < 1 || *head.Format > SnapshotFormat:
		return nil, fmt.Errorf("has format %d, of %q: this zkdoctor reads 1 to %d, take a newer one", *head.Format, head.Tool, SnapshotFormat)
	}
	s := new(Snapshot)
	if err := json.Unmarshal(text, s); err != nil {
		return nil, notDecoded(text, err)
	}
	b.left -= weight
	return s, s.sound()
}

// notDecoded says why a text is not one JSON value that is a snapshot.
func notDecoded(text []byte, err error) error {
	wrongType, isType := errors.AsType[*json.UnmarshalTypeError](err)
	syntax, isSyntax := errors.AsType[*json.SyntaxError](err)
	tooMuch, isTooMuch := errors.AsType[tooMuchError](err)
	switch {
	case isTooMuch:
		return tooMuch
	case errors.Is(err, io.ErrUnexpectedEOF), isSyntax && syntax.Offset >= int64(len(text)):
		return fmt.Errorf("ends in the middle, after %d bytes: it was cut off, copy it anew", len(text))
	case isSyntax:
		return fmt.Errorf("is no JSON (byte %d: %w)", syntax.Offset, err)
	case isType:
		return fmt.Errorf("is no snapshot: %s is a JSON %s (byte %d)", wrongType.Field, wrongType.Value, wrongType.Offset)
	}
	return fmt.Errorf("is no snapshot: %w", err)
}

// sound makes a snapshot that anybody may have written one that probe.Look could have:
// what rests on more than one field is made consistent, or refused.
func (s *Snapshot) sound() error {
	for _, look := range []*Snapshot{s, s.Before} {
		if look == nil {
			continue
		}
		if len(look.Servers) > maxTargets {
			return fmt.Errorf("has %d servers: zkdoctor checks at most %d", len(look.Servers), maxTargets)
		}
		if len(look.Local) > maxLocal {
			return fmt.Errorf("has %d servers of its host: zkdoctor checks at most %d", len(look.Local), maxLocal)
		}
		if slices.ContainsFunc(look.Servers, func(s Server) bool { return s.Name == "" }) {
			return errors.New("has a server without a name")
		}
		for i := range look.Servers { // each that was asked in turn is compared with each
			if len(look.Servers) > maxInTurn {
				look.Servers[i].InTurn = nil
			}
		}
		look.Local = slices.DeleteFunc(look.Local, func(l Local) bool { return l.Config.Seen() && l.Config.Value == nil })
		look.Plan.Config.FillKinds()
		for i := range look.Local {
			look.Local[i].Log.Value.capture()
			look.Local[i].Config.Value.FillKinds()
		}
	}
	if s.Before == nil {
		return nil
	}
	s.Before.Before = nil
	if !slices.EqualFunc(s.Servers, s.Before.Servers, func(a, b Server) bool { return a.Name == b.Name }) {
		return errors.New("has two checks of different servers")
	}
	return nil
}

const (
	// maxInTurn is how many servers a snapshot may have for those that were asked in turn to be compared.
	maxInTurn = 1000
	// maxTargets is how many servers a snapshot may have.
	maxTargets = 20_000
	// maxLocal is how many of them may be its host's own, which are 64 processes at the most.
	maxLocal = 1000
)

// shareable is a copy without what could be a secret. Of the configuration it has
// the keys that zkdoctor knows, and of the others their names alone; of envi and
// conf what has a meaning here.
func (s *Snapshot) shareable() *Snapshot {
	out := *s
	out.Format = SnapshotFormat
	out.Plan.Config = shareableConfig(s.Plan.Config)
	out.Local = slices.Clone(s.Local)
	for i := range out.Local {
		out.Local[i].Config.Value = shareableConfig(out.Local[i].Config.Value)
	}
	out.Servers = slices.Clone(s.Servers)
	for i := range out.Servers {
		server := &out.Servers[i]
		server.Envi.Value.Vars = namesOnly(server.Envi.Value.Vars)
		server.Conf.Value.Unknown = namesOnly(server.Conf.Value.Unknown)
		server.Srvr.Value.Extra = nil
		server.Mntr.Value.Unknown = nil
	}
	if s.Before != nil {
		out.Before = s.Before.shareable()
	}
	return &out
}

func namesOnly(pairs Pairs) Pairs {
	out := slices.Clone(pairs)
	for i := range out {
		out[i].Value = withheld
	}
	return out
}

func shareableConfig(c *zoocfg.Config) *zoocfg.Config {
	if c == nil {
		return nil
	}
	out := *c
	out.Properties = shareableProperties(c.Properties)
	out.DynamicProperties = shareableProperties(c.DynamicProperties)
	return &out
}

// shareableProperties keeps the values of the list of servers, and what is a plain yes
// or no. Those of other keys stand in Settings, if zkdoctor knows them.
func shareableProperties(list []zoocfg.Property) []zoocfg.Property {
	out := slices.Clone(list)
	for i := range out {
		key := out[i].Key
		if slices.Contains([]string{"true", "false", "yes", "no"}, strings.ToLower(out[i].Value)) {
			continue
		}
		if !strings.HasPrefix(key, "server.") && !strings.HasPrefix(key, "group.") && !strings.HasPrefix(key, "weight.") {
			out[i].Value = withheld
		}
	}
	return out
}
