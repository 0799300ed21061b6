package diag

import "example.com/tiny/diag/model"

var lost = Rule{Code: Lost, Eval: func(e *model.Ensemble) int { return e.Voters() + e.Size() }}

func half(n int) int { return n / 2 }
