package lint

import "strings"

// Releases says in words which ones a range has, as zoocfg.Concerns reads it: "3.5 and
// later", "3.5.0 to 3.5.7 and 3.6.0". Empty for all.
func Releases(versions string) string {
	var words []string
	for one := range strings.SplitSeq(versions, ",") {
		if last, open := strings.CutSuffix(one, "+"); open {
			one = last + " and later"
		}
		words = append(words, strings.Replace(one, "-", " to ", 1))
	}
	return strings.Join(words, ", and ")
}
