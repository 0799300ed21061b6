package diag

func checkFull() int { return half(count(Full)) }
