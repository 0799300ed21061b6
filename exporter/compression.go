package exporter

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
)

// compression compresses a handler's answers for those who take it, as Prometheus
// does, at the fastest level: the standard library's level, which is promhttp's,
// would be the most of what a scrape costs.
func compression() func(http.Handler) http.HandlerFunc {
	wrap, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(gzip.BestSpeed), gzhttp.MinSize(1<<10))
	if err != nil {
		panic(err) // the options are constants, and tests serve with them
	}
	return wrap
}
