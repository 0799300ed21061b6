package exporter

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// TestProcessIsTheLibrarys: the names, the meaning and about the values are those of the
// library's collector.
func TestProcessIsTheLibrarys(t *testing.T) {
	gather := func(c prometheus.Collector) map[string][2]any {
		registry := prometheus.NewPedanticRegistry()
		registry.MustRegister(c)
		families, err := registry.Gather()
		must(t, err)
		found := map[string][2]any{}
		for _, f := range families {
			m := f.GetMetric()[0]
			found[f.GetName()] = [2]any{f.GetHelp() + f.GetType().String(), m.GetGauge().GetValue() + m.GetCounter().GetValue()}
		}
		return found
	}
	library := gather(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	delete(library, "process_network_receive_bytes_total")
	delete(library, "process_network_transmit_bytes_total")
	listing := newProcess()
	listing.sized = false // as before Linux 6.2
	for _, p := range []*process{newProcess(), listing} {
		own := gather(p)
		if len(own) != len(library) {
			t.Errorf("%d metrics, of the library %d", len(own), len(library))
		}
		for name, want := range library {
			got, value := own[name], want[1].(float64)
			if have, _ := got[1].(float64); got[0] != want[0] || have < value*0.8-10 || have > value*1.2+10 {
				t.Errorf("%s: %v, of the library %v", name, got, want)
			}
		}
	}
}
