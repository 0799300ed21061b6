package snapshot

import (
	"bytes"
	"encoding/json"
	"errors"
)

// Pair is one key and its value as the server wrote them.
type Pair struct {
	Key, Value string
}

// Pairs keeps keys in the order of the reply. In JSON it is an object whose
// members stand in that order.
type Pairs []Pair

// Get is the value of the first pair with this key; ok is false when there is none.
func (p Pairs) Get(key string) (value string, ok bool) {
	for i := range p {
		if p[i].Key == key {
			return p[i].Value, true
		}
	}
	return "", false
}

// MarshalJSON writes an object, keys in order.
func (p Pairs) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, pair := range p {
		if i > 0 {
			out = append(out, ',')
		}
		key, err := json.Marshal(pair.Key)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(pair.Value)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, key...), ':'), value...)
	}
	return append(out, '}'), nil
}

// UnmarshalJSON reads an object of strings, keeping the order of its members.
func (p *Pairs) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	token, err := dec.Token()
	if err != nil {
		return err
	}
	if token == nil {
		return nil
	}
	if token != json.Delim('{') {
		return errors.New("pairs: not a JSON object")
	}
	var pairs Pairs
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		var value string
		if err := dec.Decode(&value); err != nil {
			return err
		}
		pairs = append(pairs, Pair{Key: key.(string), Value: value})
	}
	*p = pairs
	return nil
}
