package main

import (
	"fmt"
	"time"
)

// duration is a flag's time span, which must be more than 0.
type duration time.Duration

// UnmarshalText reads 2s, 500ms or 1m30s.
func (d *duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is no time span: write 5s or 500ms", text)
	}
	if parsed <= 0 {
		return fmt.Errorf("%q is not more than 0: write 5s or 500ms", text)
	}
	*d = duration(parsed)
	return nil
}
