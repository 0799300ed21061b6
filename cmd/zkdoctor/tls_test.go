package main

import (
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// TestTLSFiles: whatever lies where PEM should, the error names the flag and the file,
// and what to do.
func TestTLSFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, err := zktest.NewCertificate(dir, "good", time.Hour)
	must(t, err)
	other, err := zktest.NewCertificate(dir, "other", time.Hour)
	must(t, err)
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	block := func(kind string, headers map[string]string) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Headers: headers, Bytes: []byte("x")}))
	}
	read := func(path string) string {
		text, err := os.ReadFile(path)
		must(t, err)
		return string(text)
	}
	for name, c := range map[string]struct {
		flags tlsFlags
		want  string
	}{
		"all":                        {tlsFlags{TLSCA: good.Cert, TLSCert: good.Cert, TLSKey: good.Key}, ""},
		"both in one file":           {tlsFlags{TLSCert: good.Both}, ""},
		"text before it, as OpenSSL": {tlsFlags{TLSCA: file("text.pem", "Certificate:\n    Data:\n"+read(good.Cert))}, ""},
		"trusted, as OpenSSL":        {tlsFlags{TLSCA: file("trusted.pem", strings.ReplaceAll(read(good.Cert), "CERTIFICATE", "TRUSTED CERTIFICATE"))}, ""},
		"no such file":               {tlsFlags{TLSCA: filepath.Join(dir, "none.pem")}, "--tls-ca " + dir + "/none.pem: no such file"},
		"a directory":                {tlsFlags{TLSCA: dir}, "not a file"},
		"empty":                      {tlsFlags{TLSCA: file("empty.pem", "")}, "the file is empty"},
		"nothing of the kind":        {tlsFlags{TLSCA: file("notes.txt", "hello\n")}, "not PEM: no line -----BEGIN"},
		"a key for an authority":     {tlsFlags{TLSCA: good.Key}, "no certificate in it; it has a private key"},
		"a broken certificate":       {tlsFlags{TLSCA: file("broken.pem", block("CERTIFICATE", nil))}, "certificate 1 in it cannot be read"},
		"JKS":                        {tlsFlags{TLSCA: file("trust.jks", "\xfe\xed\xfe\xed\x00\x00\x00\x02")}, "a Java key store (JKS), not PEM; convert it: keytool -importkeystore"},
		"PKCS#12":                    {tlsFlags{TLSCA: file("trust.p12", "\x30\x82\x04\x00\x02\x01\x03\x30")}, "a PKCS#12 store, not PEM; convert it: openssl pkcs12 -in " + dir + "/trust.p12 -nokeys"},
		"DER":                        {tlsFlags{TLSCA: file("ca.der", "\x30\x82\x04\x00\x30\x82\x01\x03\x30")}, "DER, not PEM; convert it: openssl x509 -inform der"},
		"a key alone":                {tlsFlags{TLSKey: good.Key}, "--tls-key without --tls-cert"},
		"a certificate alone":        {tlsFlags{TLSCert: good.Cert}, "no key in it; name its file with --tls-key"},
		"no key in the key":          {tlsFlags{TLSCert: good.Cert, TLSKey: other.Cert}, "no private key in it; it has a certificate"},
		"another's key":              {tlsFlags{TLSCert: good.Cert, TLSKey: other.Key}, "private key does not match public key"},
		"encrypted":                  {tlsFlags{TLSCert: good.Cert, TLSKey: file("secret.key", block("ENCRYPTED PRIVATE KEY", nil))}, "the key is encrypted, and zkdoctor asks for no password; decrypt a copy: openssl pkey"},
		"encrypted, the old way":     {tlsFlags{TLSCert: good.Cert, TLSKey: file("old.key", block("RSA PRIVATE KEY", map[string]string{"Proc-Type": "4,ENCRYPTED"}))}, "the key is encrypted"},
		"trusts all, and some":       {tlsFlags{TLSInsecure: true, TLSCA: good.Cert}, "use one"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, err := c.flags.config(t.Context(), new(hostfile.Door))
			switch {
			case c.want == "" && (err != nil || config == nil):
				t.Errorf("got %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %q", err, c.want)
			case err != nil && strings.Contains(err.Error(), "\n"):
				t.Errorf("more than a sentence: %v", err)
			}
		})
	}
	if config, err := (&tlsFlags{}).config(t.Context(), new(hostfile.Door)); config != nil || err != nil {
		t.Error("TLS without a flag of it")
	}
}
