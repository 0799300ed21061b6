package diag

import "example.com/tiny/diag/model"

var full = Rule{Full, titled(Full, "full").Title, []Code{Down, Lost}, func(e *model.Ensemble) int { return e.Size() }}
