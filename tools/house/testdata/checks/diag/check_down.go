package diag

func checkDown() int { return count(Full) }
