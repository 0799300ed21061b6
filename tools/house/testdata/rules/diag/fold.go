package diag

func fold(c Code) bool { return settled() && c == Lost }
