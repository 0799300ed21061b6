// Package schema has the JSON Schemas of what zkdoctor writes as JSON. They are made from
// the Go types and their comments; its tests hold them equal to these, and real and recorded
// documents to them.
package schema
