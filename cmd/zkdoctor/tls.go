package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
)

// tlsFlags say how to speak TLS to client ports. Any of them turns it on.
type tlsFlags struct {
	TLS           bool   `name:"tls" group:"tls" help:"Use TLS for the client ports. The other flags of this group imply it."`
	TLSCA         string `name:"tls-ca" placeholder:"FILE" group:"tls" help:"Trust only the authorities in this PEM file."`
	TLSCert       string `name:"tls-cert" placeholder:"FILE" group:"tls" help:"Send servers the client certificate in this PEM file."`
	TLSKey        string `name:"tls-key" placeholder:"FILE" group:"tls" help:"Its key, PEM, not encrypted; may be the same file."`
	TLSServerName string `name:"tls-server-name" placeholder:"NAME" group:"tls" help:"Name that the certificates of servers must have, if it is not the target's name."`
	TLSInsecure   bool   `name:"tls-insecure" group:"tls" help:"Do not verify the certificates of servers. The report notes this."`
}

// config is nil without any of the flags. The errors are sentences for the user.
func (f *tlsFlags) config(ctx context.Context, door *hostfile.Door) (*tls.Config, error) {
	if *f == (tlsFlags{}) {
		return nil, nil //nolint:nilnil // plain text
	}
	config := &tls.Config{
		ServerName:         f.TLSServerName,
		InsecureSkipVerify: f.TLSInsecure, //nolint:gosec // as asked; the report says so
	}
	switch {
	case f.TLSInsecure && f.TLSCA != "":
		return nil, errors.New("--tls-insecure verifies no certificate and --tls-ca needs verification: use one")
	case f.TLSCert == "" && f.TLSKey != "":
		return nil, errors.New("--tls-key without --tls-cert: a key needs its certificate")
	}
	if f.TLSCA != "" {
		pool, err := authorities(ctx, door, "--tls-ca", f.TLSCA)
		if err != nil {
			return nil, err
		}
		config.RootCAs = pool
	}
	if f.TLSCert != "" {
		pair, err := f.pair(ctx, door)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// pair reads our own certificate and its key.
func (f *tlsFlags) pair(ctx context.Context, door *hostfile.Door) (tls.Certificate, error) {
	cert, err := readPEM(ctx, door, "--tls-cert", f.TLSCert)
	if err != nil {
		return tls.Certificate{}, err
	}
	keyFlag, keyFile := "--tls-key", f.TLSKey
	if keyFile == "" {
		keyFlag, keyFile = "--tls-cert", f.TLSCert
	}
	key, err := readPEM(ctx, door, keyFlag, keyFile)
	switch {
	case err != nil:
		return tls.Certificate{}, err
	case !has(cert, "CERTIFICATE"):
		return tls.Certificate{}, fmt.Errorf("--tls-cert %s: no certificate in it%s", f.TLSCert, holds(cert))
	case encrypted(key):
		return tls.Certificate{}, fmt.Errorf("%s %s: the key is encrypted, and zkdoctor asks for no password; decrypt a copy: openssl pkey -in %s -out plain.key", keyFlag, keyFile, keyFile)
	case !has(key, "PRIVATE KEY") && f.TLSKey == "":
		return tls.Certificate{}, fmt.Errorf("--tls-cert %s: no key in it; name its file with --tls-key", f.TLSCert)
	case !has(key, "PRIVATE KEY"):
		return tls.Certificate{}, fmt.Errorf("%s %s: no private key in it%s", keyFlag, keyFile, holds(key))
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		why := strings.TrimPrefix(err.Error(), "tls: ")
		return tls.Certificate{}, fmt.Errorf("--tls-cert %s and %s %s: %s", f.TLSCert, keyFlag, keyFile, why)
	}
	return pair, nil
}

// authorities reads the certificates of a PEM file, those that OpenSSL calls trusted
// too.
func authorities(ctx context.Context, door *hostfile.Door, flag, file string) (*x509.CertPool, error) {
	data, err := readPEM(ctx, door, flag, file)
	if err != nil {
		return nil, err
	}
	pool, found := x509.NewCertPool(), 0
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" && block.Type != "TRUSTED CERTIFICATE" && block.Type != "X509 CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s %s: certificate %d in it cannot be read: %w", flag, file, found+1, err)
		}
		pool.AddCert(cert)
		found++
	}
	if found == 0 {
		return nil, fmt.Errorf("%s %s: no certificate in it%s", flag, file, holds(data))
	}
	return pool, nil
}

// maxPEM bounds what is read of a file: a bundle of all public authorities has 250 KiB.
const maxPEM = 4 << 20

// readPEM reads a file that must be PEM. Of what Java and Windows use instead it says
// how to convert it.
func readPEM(ctx context.Context, door *hostfile.Door, flag, file string) ([]byte, error) {
	data, err := door.ReadFile(ctx, file, maxPEM)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s %s: no such file", flag, file)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("%s %s: permission denied; run zkdoctor as its owner, or give that user a copy of mode 0600", flag, file)
	case errors.Is(err, hostfile.ErrDirectory), errors.Is(err, hostfile.ErrNotRegular):
		return nil, fmt.Errorf("%s %s: not a file", flag, file)
	case errors.Is(err, hostfile.ErrTooLarge):
		return nil, fmt.Errorf("%s %s: larger than %d MiB, no PEM file is", flag, file, maxPEM>>20)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", flag, err)
	case len(data) == 0:
		return nil, fmt.Errorf("%s %s: the file is empty", flag, file)
	}
	if how := converted(data, flag, file); how != "" {
		return nil, fmt.Errorf("%s %s: %s", flag, file, how)
	}
	return data, nil
}

// converted names a format that is not PEM, and the command that makes PEM of it; empty
// for PEM.
func converted(data []byte, flag, file string) string {
	what := "-nokeys"
	if flag == "--tls-key" {
		what = "-nocerts -nodes"
	}
	fromP12 := "openssl pkcs12 -in %s " + what + " -out %s.pem"
	switch {
	case bytes.HasPrefix(data, []byte{0xfe, 0xed, 0xfe, 0xed}), bytes.HasPrefix(data, []byte{0xce, 0xce, 0xce, 0xce}):
		return fmt.Sprintf("a Java key store (JKS), not PEM; convert it: keytool -importkeystore -srckeystore %s -destkeystore %s.p12 -deststoretype PKCS12; "+fromP12, file, file, file+".p12", file)
	case bytes.Contains(data, []byte("-----BEGIN ")):
		return ""
	case data[0] == 0x30 && bytes.Contains(data[:min(len(data), 8)], []byte{0x02, 0x01, 0x03}):
		// PFX has version 3 (RFC 7292, 4).
		return fmt.Sprintf("a PKCS#12 store, not PEM; convert it: "+fromP12, file, file)
	case data[0] == 0x30 && flag == "--tls-key":
		return fmt.Sprintf("DER, not PEM; convert it: openssl pkey -inform der -in %s -out %s.pem", file, file)
	case data[0] == 0x30:
		return fmt.Sprintf("DER, not PEM; convert it: openssl x509 -inform der -in %s -out %s.pem", file, file)
	}
	return "not PEM: no line -----BEGIN ...-----"
}

// has reports whether a PEM file has a block whose type ends so.
func has(data []byte, kind string) bool {
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if strings.HasSuffix(block.Type, kind) {
			return true
		}
	}
	return false
}

// encrypted reports a key that wants a password: PKCS#8's, and OpenSSL's older form.
func encrypted(data []byte) bool {
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "ENCRYPTED PRIVATE KEY" ||
			strings.HasSuffix(block.Type, "PRIVATE KEY") && strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
			return true
		}
	}
	return false
}

// holds says what a PEM file has instead.
func holds(data []byte) string {
	block, _ := pem.Decode(data)
	if block == nil {
		return ", and nothing else that can be read"
	}
	return fmt.Sprintf("; it has a %s", strings.ToLower(block.Type))
}
