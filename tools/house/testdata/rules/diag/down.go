package diag

import "example.com/tiny/diag/model"

func down() Rule {
	return Rule{Code: Down, Explains: []Code{Lost}, Eval: func(e *model.Ensemble) int { return half(e.Size()) + e.First.Seen() }}
}

func settled() bool { return true }
