package diag

import "example.com/tiny/diag/model"

type Rule struct {
	Code     Code
	Title    string
	Explains []Code
	Eval     func(*model.Ensemble) int
}

// titled makes a rule, and is none.
func titled(code Code, title string) Rule { return Rule{Code: code, Title: title} }
