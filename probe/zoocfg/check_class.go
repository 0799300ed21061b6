package zoocfg

import (
	"slices"
	"strings"
)

// own begins the name of each of ZooKeeper's classes.
const own = "org.apache.zookeeper."

// classKey is a key that names a class without which ZooKeeper does not start.
type classKey struct {
	key, versions string
	// text is what ZooKeeper writes; %s is the class.
	text string
	// known are ZooKeeper's own.
	known []string
}

func classKeys() []classKey {
	return []classKey{
		{
			"metricsProvider.className", "3.6+", "metrics provider class was not found", // QuorumPeerConfig
			[]string{
				own + "metrics.prometheus.PrometheusMetricsProvider",
				own + "metrics.impl.DefaultMetricsProvider", own + "metrics.impl.NullMetricsProvider",
			},
		},
		{
			"serverCnxnFactory", "", "Couldn't instantiate %s", // ServerCnxnFactory.createFactory
			[]string{own + "server.NIOServerCnxnFactory", own + "server.NettyServerCnxnFactory"},
		},
	}
}

// checkClasses finds names that are meant for a class of ZooKeeper's own and are none.
// Any other class may be on the class path.
func (r *reader) checkClasses() {
	for _, c := range classKeys() {
		p, set := r.config.Property(c.key)
		if name := javaTrim(p.Value); set && !slices.Contains(c.known, name) && (name == "" || meansOwn(name, c.known)) {
			text := strings.Replace(c.text, "%s", name, 1)
			r.problem(p.Line, c.key, fatal{NoSuchClass, text}, c.versions)
		}
	}
}

// meansOwn reports whether a class is in one of ZooKeeper's packages, or has the name of
// one of its classes and no package, or a known one in other letters.
func meansOwn(name string, known []string) bool {
	return strings.HasPrefix(name, own) || slices.ContainsFunc(known, func(k string) bool {
		return name == k[strings.LastIndexByte(k, '.')+1:] || strings.EqualFold(name, k)
	})
}

// checkPath is VerifyingFileFactory.doWarnForRelativePath, which looks at two characters
// of a relative path (3.5+). A java.io.File has no slashes at its end.
func (r *reader) checkPath(key string, dir Setting[string]) {
	path := strings.TrimRight(dir.Value, "/")
	if dir.IsSet() && !strings.HasPrefix(dir.Value, "/") && len([]rune(path)) < 2 {
		r.problem(dir.Line, key, fatal{ShortPath, "java.lang.StringIndexOutOfBoundsException"}, "3.5+")
	}
}

// checkSSLAuth is QuorumPeerConfig.configureSSLAuth.
func (r *reader) checkSSLAuth() {
	p, set := r.config.Property("ssl.authProvider")
	scheme := javaTrim(p.Value)
	if _, known := r.config.Property("authProvider." + scheme); !set || known || scheme == "x509" ||
		!r.config.SecureClientPort.IsSet() {
		return
	}
	r.problem(p.Line, "ssl.authProvider", fatal{
		NoAuthProvider, "No auth provider configured for the SSL authentication scheme '" + scheme + "'.",
	}, "3.5.2+")
}
