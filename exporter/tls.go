package exporter

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"

	"github.com/prometheus/common/config"
	"go.yaml.in/yaml/v3"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
)

// TLS says how to speak TLS to the client ports of an ensemble, with the keys and
// the rules of Prometheus's own tls_config: files alone, PEM, relative to the
// configuration file. A client certificate is read anew for every handshake, and
// authorities at every reload. The zero value trusts the system's authorities.
type TLS struct {
	config.TLSConfig

	line  int
	built *tls.Config
}

// UnmarshalYAML reads the keys; unknown ones are errors.
func (t *TLS) UnmarshalYAML(node *yaml.Node) error {
	keys := []string{"ca_file", "cert_file", "key_file", "server_name", "insecure_skip_verify", "min_version"}
	if err := knownKeys(node, "tls", keys...); err != nil {
		return err
	}
	t.line = node.Line
	err := node.Decode(&t.TLSConfig)
	if _, hasLine := errors.AsType[*yaml.TypeError](err); err == nil || hasLine {
		return err
	}
	return fmt.Errorf("line %d: tls: %w", t.line, err)
}

// FixedTLS is TLS as the caller has set it up, without files of its own; nil for nil.
func FixedTLS(c *tls.Config) *TLS {
	if c == nil {
		return nil
	}
	return &TLS{built: c}
}

// build reads the files, which must be there.
func (t *TLS) build(ctx context.Context, door *hostfile.Door) error {
	if t == nil || t.built != nil {
		return nil
	}
	named := t.TLSConfig
	named.CARef, named.CertRef, named.KeyRef = named.CAFile, named.CertFile, named.KeyFile
	named.CAFile, named.CertFile, named.KeyFile = "", "", ""
	built, err := config.NewTLSConfigWithContext(ctx, &named, config.WithSecretManager(pemFiles{door}))
	if err != nil {
		return fmt.Errorf("line %d: tls: %w", t.line, err)
	}
	t.built = built
	return nil
}

// pemFiles reads the files, whose paths stand for what is in them.
type pemFiles struct{ door *hostfile.Door }

// maxPEM bounds a file: a bundle of all public authorities has 250 KiB.
const maxPEM = 4 << 20

// Fetch implements config.SecretManager.
func (f pemFiles) Fetch(ctx context.Context, path string) (string, error) {
	text, err := f.door.ReadFile(ctx, path, maxPEM)
	return string(text), err
}

// client is what build made; nil without TLS.
func (t *TLS) client() *tls.Config {
	if t == nil {
		return nil
	}
	return t.built
}
