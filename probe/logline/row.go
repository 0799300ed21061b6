package logline

// Gap stands in a text for what differs from line to line.
const Gap = "{}"

// Row is a line, or several that mean the same.
type Row struct {
	// Sign is what a log tail keeps the line as; empty where only explain knows it.
	Sign Sign
	// AtInfo: the line counts whatever its level is. It is of the normal course of
	// things and means something only when it repeats.
	AtInfo bool
	// Texts are its forms, as ZooKeeper writes them, with single blanks and a Gap for
	// what differs.
	Texts []string
	// Whole: a text is all that a line says behind its head.
	Whole bool
	// Family joins rows of one line, of which explain takes only the first that fits;
	// empty: the row stands for itself.
	Family string
	// Across: its texts reach from a line to the exception below it: what that alone would mean is
	// looked for behind it.
	Across bool
	// Slugs are the findings that it points to, best first; none where explain does not
	// know the line.
	Slugs []string
	// Kind says what a line is that points to no finding; empty where it points to one, and
	// where explain does not know the line.
	Kind Kind
	// Why says in one sentence what the line means, with a Gap for what Reads returns.
	Why string
	// Reads says what the number in a line means, in lower case, from the row's text on; empty
	// where the row is not about this number. Nil: the row is about every line with its text.
	Reads func(line string) string
	// capture takes out of a line with one of the texts what it says; nil: nothing.
	capture func(line string) Fields
}
