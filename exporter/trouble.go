package exporter

import (
	"cmp"
	"context"
	"errors"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// troubles are what kept the exporter itself from looking at servers: it has no file
// descriptor, port, memory or time left. A server is not down for that.
type troubles struct {
	total *prometheus.CounterVec
	log   zerolog.Logger
}

// troubleLogged is how often trouble is logged at the most. Where one look meets it, all do.
const troubleLogged = time.Minute

func newTroubles(log zerolog.Logger) *troubles {
	t := &troubles{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "zkdoctor_probe_errors_total",
			Help: "Checks of servers that zkdoctor itself could not make, by reason: no-descriptors, no-local-ports, no-memory, no-time. Nothing is known of the server then.",
		}, []string{"reason"}),
		log: log.Sample(&zerolog.BurstSampler{Burst: 1, Period: troubleLogged}),
	}
	for _, kind := range snapshot.Troubles() {
		t.total.WithLabelValues(string(kind))
	}
	return t
}

// note counts the servers of a look that could not be checked, or not all of them.
func (t *troubles) note(ensemble string, snap *snapshot.Snapshot) {
	for i := range snap.Servers {
		s := &snap.Servers[i]
		failure := cmp.Or(s.Trouble(), troubleOf(s.Quorum.Look), troubleOf(s.Election.Look))
		if failure != nil {
			t.count(failure.Kind, 1)
			t.log.Error().Str("reason", string(failure.Kind)).Str("ensemble", ensemble).Str("server", s.Label()).
				Str("text", failure.Text).Msg("zkdoctor could not check a server")
		}
	}
}

// noteNone counts the servers of a look that did not come about, where that is trouble.
func (t *troubles) noteNone(w *watcher, err error) bool {
	kind := snapshot.NoTime
	if unreadable, ok := errors.AsType[*probe.UnreadableError](err); ok {
		kind = unreadable.Kind
	} else if !errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if kind.Trouble() {
		t.count(kind, len(w.members().spelled))
		t.log.Error().Str("reason", string(kind)).Str("ensemble", w.name).Err(err).Msg("zkdoctor could not check an ensemble")
	}
	return kind.Trouble()
}

func (t *troubles) count(kind snapshot.FailureKind, servers int) {
	t.total.WithLabelValues(string(kind)).Add(float64(servers))
}

func troubleOf[T any](o snapshot.Obs[T]) *snapshot.Failure {
	if o.Failure != nil && o.Failure.Kind.Trouble() {
		return o.Failure
	}
	return nil
}

// unknown is the value of what is always there and is not known now. It is neither 0 nor 1,
// so that no rule which compares with either of them fires.
func unknown() float64 { return math.NaN() }

// up is whether a server answers as ZooKeeper; not known where that could not be checked.
func up(s *snapshot.Server) float64 {
	if !answers(s) && unmade(s) {
		return unknown()
	}
	return oneIf(answers(s))
}

// unmade reports a server whose client port could not be checked.
func unmade(s *snapshot.Server) bool {
	return s.Resolve.Unmade() || s.Client.Unmade() || s.Srvr.Unmade()
}
