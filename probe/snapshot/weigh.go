package snapshot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

const (
	// MaxDecoded is what the snapshots of one question may take in memory, all together: 20,000
	// servers with two looks at each and hardly anything seen, or 2,000 of which all was seen.
	MaxDecoded = 88 << 20
	// maxNesting is how deep values lie in one another: twice what those of a snapshot do.
	maxNesting = 40
)

// tooMuchError is that of a text that is not decoded.
type tooMuchError string

func (e tooMuchError) Error() string { return string(e) }

// scale weighs a JSON text before anything is made of it: two bytes of text, {}, may become
// kilobytes in memory.
type scale struct {
	tokens *json.Decoder
	// most is what the text may take, of which that much is left.
	most, left int
	fields     map[reflect.Type]map[string]reflect.Type
}

// weigh is what the one value that a text begins with takes in memory, as a value of the type,
// and where it ends. The error is the decoder's, or that it takes more than that much.
func weigh(text []byte, as reflect.Type, most int) (weight int, end int64, err error) {
	s := &scale{
		tokens: json.NewDecoder(bytes.NewReader(text)), most: most, left: most,
		fields: map[reflect.Type]map[string]reflect.Type{},
	}
	err = s.value(as, 0)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return most - s.left, s.tokens.InputOffset(), err
}

func (s *scale) take(bytes int) error {
	if s.left -= bytes; s.left < 0 {
		return tooMuchError(fmt.Sprintf("would take more memory than the limit of %d MiB", s.most>>20))
	}
	return nil
}

// value weighs the next one, which becomes one of the type: nil for one that is passed over.
// Where it lies, its own size is counted already.
func (s *scale) value(as reflect.Type, depth int) error {
	token, err := s.tokens.Token()
	if err != nil {
		return err
	}
	for ; as != nil && as.Kind() == reflect.Pointer; as = as.Elem() {
		if err := s.take(int(as.Elem().Size())); err != nil {
			return err
		}
	}
	if depth > maxNesting {
		return tooMuchError(fmt.Sprintf("has values in values more than %d deep: no snapshot has", maxNesting))
	}
	switch token := token.(type) {
	case string:
		return s.take(len(token))
	case json.Delim:
		if token == '[' {
			return s.array(as, depth+1)
		}
		return s.object(as, depth+1)
	}
	return nil
}

func (s *scale) array(as reflect.Type, depth int) error {
	var of reflect.Type
	if as != nil && as.Kind() == reflect.Slice {
		of = as.Elem()
	}
	for s.tokens.More() {
		if err := s.element(of, depth); err != nil {
			return err
		}
	}
	_, err := s.tokens.Token()
	return err
}

// element is one of a slice or a map.
func (s *scale) element(of reflect.Type, depth int) error {
	if of != nil {
		if err := s.take(int(of.Size())); err != nil {
			return err
		}
	}
	return s.value(of, depth)
}

func (s *scale) object(as reflect.Type, depth int) error {
	for s.tokens.More() {
		name, err := s.tokens.Token()
		if err != nil {
			return err
		}
		if err := s.member(as, fmt.Sprint(name), depth); err != nil {
			return err
		}
	}
	_, err := s.tokens.Token()
	return err
}

// member is one of an object that becomes a struct, a map, or Pairs.
func (s *scale) member(of reflect.Type, name string, depth int) error {
	switch {
	case of == nil:
	case of.Kind() == reflect.Struct:
		return s.value(s.field(of, name), depth)
	case of.Kind() == reflect.Map || of.Kind() == reflect.Slice:
		if err := s.take(len(name) + int(reflect.TypeFor[string]().Size())); err != nil {
			return err
		}
		return s.element(of.Elem(), depth)
	}
	return s.value(nil, depth) // the decoder refuses it, or passes it over
}

// field is the type of what a member of an object becomes; nil for none. As encoding/json does,
// it goes by the name whatever its case.
func (s *scale) field(of reflect.Type, name string) reflect.Type {
	known := s.fields[of]
	if known == nil {
		known = map[string]reflect.Type{}
		for _, f := range reflect.VisibleFields(of) {
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case !f.IsExported() || tag == "-" || f.Anonymous && tag == "":
			case tag == "":
				known[f.Name] = f.Type
			default:
				known[tag] = f.Type
			}
		}
		s.fields[of] = known
	}
	if t, exact := known[name]; exact {
		return t
	}
	for own, t := range known {
		if strings.EqualFold(own, name) {
			return t
		}
	}
	return nil
}
