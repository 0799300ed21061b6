package render

import (
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
)

// TestPortWord: what a port speaks stands in the place of "open", where it is known.
func TestPortWord(t *testing.T) {
	for want, v := range map[string]diag.PortView{
		"open":       {State: diag.PortOpen},
		"TLS":        {State: diag.PortOpen, Speaks: "tls"},
		"TLS, plain": {State: diag.PortOpen, Speaks: "both"},
		"refused":    {State: diag.PortRefused, Speaks: "tls"},
		"-":          {State: diag.PortNotExpected},
		"?":          {State: diag.PortNotProbed},
	} {
		if got := portWord(v); got != want {
			t.Errorf("%+v: %q, want %q", v, got, want)
		}
	}
}
