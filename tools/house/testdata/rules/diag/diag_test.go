package diag

import "testing"

func TestFold(t *testing.T) {
	if !fold(Lost) || half(2) != 1 {
		t.Fail()
	}
}
