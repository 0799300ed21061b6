// Package runbook makes web pages of the pages of findings: for the exporter, which serves
// them, and for a copy in a directory. They load nothing from elsewhere and run no script.
package runbook
