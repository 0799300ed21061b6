package diag

func checkLost() int { return count(Lost) }
