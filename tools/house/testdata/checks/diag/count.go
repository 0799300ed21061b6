package diag

func count(c Code) int { return len(Catalogue()) + len(c) }
