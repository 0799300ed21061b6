package model

// Truth is a thing that is known to hold, known not to, or not known.
type Truth int

const (
	Unknown Truth = iota
	Yes
	No
)

// Pointer is nil where it is not known.
func (t Truth) Pointer() *bool {
	if t == Unknown {
		return nil
	}
	return new(t == Yes)
}

// TruthOf is what is known.
func TruthOf(b bool) Truth {
	if b {
		return Yes
	}
	return No
}
