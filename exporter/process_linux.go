package exporter

import (
	"bytes"
	"os"
	"strconv"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// process reports this process under the names of the library's collector, which reads twelve
// files for it, and so costs as much as two servers. What stays the same is asked of that one, once.
// It has no network counters: those are the host's, not the process's.
type process struct {
	cpu, openFiles, maxFiles, virtual, resident *prometheus.Desc
	// constant are the start of the process, and what its memory is limited to.
	constant []prometheus.Metric
	// sized is set where the size of fdDir is the number of open files, as in Linux 6.2 and later.
	sized bool
}

// fdDir has an entry for each open file of this process, the one that reads it too.
const fdDir = "/proc/self/fd"

func newProcess() *process {
	desc := func(name, help string) *prometheus.Desc { return prometheus.NewDesc(name, help, nil, nil) }
	p := &process{
		cpu:       desc("process_cpu_seconds_total", "Total user and system CPU time spent in seconds."),
		openFiles: desc("process_open_fds", "Number of open file descriptors."),
		maxFiles:  desc("process_max_fds", "Maximum number of open file descriptors."),
		virtual:   desc("process_virtual_memory_bytes", "Virtual memory size in bytes."),
		resident:  desc("process_resident_memory_bytes", "Resident memory size in bytes."),
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	families, _ := registry.Gather() // what it cannot tell is not served
	for _, f := range families {
		switch f.GetName() {
		case "process_start_time_seconds", "process_virtual_memory_max_bytes":
			d, value := desc(f.GetName(), f.GetHelp()), f.GetMetric()[0].GetGauge().GetValue()
			p.constant = append(p.constant, prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value))
		}
	}
	listed, err := listedFiles()
	size, sized := sizeOfFiles()
	p.sized = err == nil && sized && size == listed
	return p
}

// What is read here is the kernel's own, of this process, and never hangs.

func listedFiles() (int, error) {
	open, err := os.ReadDir(fdDir)  //nolint:forbidigo // see above
	return max(0, len(open)-1), err // without that of the directory
}

func sizeOfFiles() (int, bool) {
	var dir syscall.Stat_t
	err := syscall.Stat(fdDir, &dir)
	return int(dir.Size), err == nil && dir.Size > 0
}

// files is how many are open. To list them takes four calls, and memory for each.
func (p *process) files() (int, bool) {
	if p.sized {
		return sizeOfFiles()
	}
	n, err := listedFiles()
	return n, err == nil
}

// statm is /proc/self/statm as it is now, by three calls; os.ReadFile makes ten.
func statm(buffer []byte) []byte {
	file, err := syscall.Open("/proc/self/statm", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	n, _ := syscall.Read(file, buffer) // -1: nothing
	_ = syscall.Close(file)            // it was only read
	return buffer[:max(0, n)]
}

// Describe implements prometheus.Collector.
func (p *process) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{p.cpu, p.openFiles, p.maxFiles, p.virtual, p.resident} {
		ch <- d
	}
	for _, m := range p.constant {
		ch <- m.Desc()
	}
}

// Collect implements prometheus.Collector.
func (p *process) Collect(ch chan<- prometheus.Metric) {
	send := func(d *prometheus.Desc, kind prometheus.ValueType, value float64) {
		ch <- prometheus.MustNewConstMetric(d, kind, value)
	}
	for _, m := range p.constant {
		ch <- m
	}
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) == nil {
		send(p.cpu, prometheus.CounterValue, seconds(used.Utime)+seconds(used.Stime))
	}
	var most syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &most) == nil {
		send(p.maxFiles, prometheus.GaugeValue, float64(most.Cur))
	}
	if n, ok := p.files(); ok {
		send(p.openFiles, prometheus.GaugeValue, float64(n))
	}
	if pages := bytes.Fields(statm(make([]byte, 128))); len(pages) > 1 {
		for i, d := range []*prometheus.Desc{p.virtual, p.resident} {
			if n, err := strconv.ParseFloat(string(pages[i]), 64); err == nil {
				send(d, prometheus.GaugeValue, n*float64(os.Getpagesize()))
			}
		}
	}
}

func seconds(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
