package zktest

import "encoding/xml"

// pom is a Maven project with nothing but dependencies.
type pom struct {
	XMLName      xml.Name     `xml:"http://maven.apache.org/POM/4.0.0 project"`
	ModelVersion string       `xml:"modelVersion"`
	GroupID      string       `xml:"groupId"`
	ArtifactID   string       `xml:"artifactId"`
	Version      string       `xml:"version"`
	Packaging    string       `xml:"packaging"`
	Managed      *managed     `xml:"dependencyManagement"`
	Dependencies []dependency `xml:"dependencies>dependency"`
}

// managed says the versions of dependencies that name none.
type managed struct {
	List []dependency `xml:"dependencies>dependency"`
}

type dependency struct {
	GroupID    string      `xml:"groupId"`
	ArtifactID string      `xml:"artifactId"`
	Version    string      `xml:"version,omitempty"`
	Type       string      `xml:"type,omitempty"`
	Scope      string      `xml:"scope,omitempty"`
	Exclusions *exclusions `xml:"exclusions"`
}

// exclusions are what a dependency asks for and does not get.
type exclusions struct {
	List []exclusion `xml:"exclusion"`
}

type exclusion struct {
	GroupID    string `xml:"groupId"`
	ArtifactID string `xml:"artifactId"`
}

// librariesOf is the release whose libraries a version runs with: its own, but for patches
// whose parent, which names them, Maven does not deliver.
func librariesOf(version string) string {
	if other, ok := map[string]string{"3.8.7": "3.8.6", "3.9.6": "3.9.5"}[version]; ok {
		return other
	}
	return version
}

const zkGroup = "org.apache.zookeeper"

// provider tells where the Prometheus metrics provider (3.6+) of a version
// comes from. Maven does not deliver that module for the patches under test;
// the patch named here has the same source, unchanged (compared by git tags
// in the module zookeeper-prometheus-metrics).
type provider struct {
	version string
	// client is the release of Prometheus's simpleclient it is built with.
	client string
}

func providerFor(version string) (provider, bool) {
	p, ok := map[string]provider{
		"3.6.4": {"3.6.3", "0.6.0"},
		"3.7.2": {"3.6.3", "0.9.0"},
		"3.8.6": {"3.9.3", "0.9.0"},
		"3.9.5": {"3.9.3", "0.9.0"},
	}[version]
	return p, ok
}

// pomFor lists what a server of the version needs to run: what the zookeeper
// jar itself asks for, a log binding, and the libraries that ZooKeeper's own
// tarball adds ("provided" in its pom): Jetty and Jackson for the AdminServer
// (3.5+), Dropwizard metrics and Snappy (3.6+).
func pomFor(version string) pom {
	p := emptyPom()
	server := dependency{GroupID: zkGroup, ArtifactID: "zookeeper", Version: version, Exclusions: &exclusions{[]exclusion{
		{"jline", "jline"}, // the shell's
		{"io.netty", "netty-tcnative-boringssl-static"}, // 12 MB of native TLS for five systems
	}}}
	if version == Oldest {
		p.Dependencies = []dependency{
			server,
			{GroupID: "org.slf4j", ArtifactID: "slf4j-log4j12", Version: "1.6.1"},
			{GroupID: "log4j", ArtifactID: "log4j", Version: "1.2.17"}, // 1.2.16, which it asks for, has no MDC on Java 9+
		}
		return p
	}
	p.Managed = managedBy(version)
	p.Dependencies = []dependency{
		server,
		{GroupID: "org.eclipse.jetty", ArtifactID: "jetty-server", Scope: "runtime"},
		{GroupID: "org.eclipse.jetty", ArtifactID: "jetty-servlet", Scope: "runtime"},
		{GroupID: "com.fasterxml.jackson.core", ArtifactID: "jackson-databind", Scope: "runtime"},
	}
	add := func(group string, artifacts ...string) {
		for _, artifact := range artifacts {
			p.Dependencies = append(p.Dependencies, dependency{GroupID: group, ArtifactID: artifact, Scope: "runtime"})
		}
	}
	switch {
	case logback(version):
		add("ch.qos.logback", "logback-core", "logback-classic")
	case version == StuckWrites: // its jar asks for one itself
	default:
		add("org.slf4j", "slf4j-reload4j")
		add("ch.qos.reload4j", "reload4j")
	}
	if !before(version, 3, 6) {
		add("io.dropwizard.metrics", "metrics-core")
		add("org.xerial.snappy", "snappy-java")
	}
	if provider, ok := providerFor(version); ok {
		p.Dependencies = append(p.Dependencies,
			dependency{
				GroupID: zkGroup, ArtifactID: "zookeeper-prometheus-metrics", Version: provider.version, Scope: "runtime",
				Exclusions: &exclusions{[]exclusion{{"*", "*"}}},
			}, // its own zookeeper
			dependency{GroupID: "io.prometheus", ArtifactID: "simpleclient_hotspot", Version: provider.client, Scope: "runtime"},
			dependency{GroupID: "io.prometheus", ArtifactID: "simpleclient_servlet", Version: provider.client, Scope: "runtime"})
	}
	return p
}

// toolsPom lists what the tools of the version (3.5+) need besides.
func toolsPom(version string) pom {
	p := emptyPom()
	p.Managed = managedBy(version)
	p.Dependencies = []dependency{{GroupID: "commons-cli", ArtifactID: "commons-cli", Scope: "runtime"}}
	return p
}

func emptyPom() pom {
	return pom{ModelVersion: "4.0.0", GroupID: "zkdoctor", ArtifactID: "zookeeper-server", Version: "1", Packaging: "pom"}
}

// managedBy is the parent of the version: it says which release of each library goes with it.
func managedBy(version string) *managed {
	return &managed{[]dependency{{GroupID: zkGroup, ArtifactID: "parent", Version: version, Type: "pom", Scope: "import"}}}
}

// logback reports whether the version logs through Logback (3.8+) and not
// through log4j 1.2 or its successor reload4j.
func logback(version string) bool {
	return version != Debian && !before(version, 3, 8)
}
