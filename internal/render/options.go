package render

// Widths of the text in columns.
const (
	defaultWidth = 80
	minWidth     = 60
	// maxWidth is the 92 columns which every screen is designed for: lines
	// longer than that are hard to read on any terminal.
	maxWidth = 92
)

// Options say how Text writes. The zero value is right for a pipe.
type Options struct {
	// Width is the number of columns, kept within 60 and 92; 0 means 80.
	Width int
	// Color repeats the state words in colour.
	Color bool
	// All also shows what is folded, passed and skipped, and every root cause.
	All bool
	// Deterministic leaves out what differs from one run to the next: the time
	// of the report, durations and uptimes.
	Deterministic bool
}

// width returns the columns to fill.
func (o Options) width() int {
	if o.Width == 0 {
		return defaultWidth
	}
	return min(max(o.Width, minWidth), maxWidth)
}
