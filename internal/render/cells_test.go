package render

import (
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// TestPortWord: what a port speaks stands in the place of "open", where it is known.
func TestPortWord(t *testing.T) {
	for want, v := range map[string]report.PortView{
		"open":       {State: report.PortOpen},
		"TLS":        {State: report.PortOpen, Speaks: "tls"},
		"TLS, plain": {State: report.PortOpen, Speaks: "both"},
		"refused":    {State: report.PortRefused, Speaks: "tls"},
		"-":          {State: report.PortNotExpected},
		"?":          {State: report.PortNotProbed},
	} {
		if got := portWord(v); got != want {
			t.Errorf("%+v: %q, want %q", v, got, want)
		}
	}
}
