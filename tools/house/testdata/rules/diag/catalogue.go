package diag

func Catalogue() []Rule { return []Rule{lost, down(), full} }
