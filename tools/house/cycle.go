package main

// largestCycle is the largest strongly connected component of a graph of files, by
// Tarjan's algorithm; of several, the first that is complete.
func largestCycle(files []*file, graph map[*file][]*file) []*file {
	var (
		largest, stack []*file
		visit          func(*file)
	)
	index, low, onStack := map[*file]int{}, map[*file]int{}, map[*file]bool{}
	visit = func(f *file) {
		index[f] = len(index) + 1
		low[f] = index[f]
		stack = append(stack, f)
		onStack[f] = true
		for _, to := range graph[f] {
			if index[to] == 0 {
				visit(to)
				low[f] = min(low[f], low[to])
			} else if onStack[to] {
				low[f] = min(low[f], index[to])
			}
		}
		if low[f] != index[f] {
			return
		}
		at := len(stack) - 1
		for stack[at] != f {
			at--
		}
		for _, done := range stack[at:] {
			onStack[done] = false
		}
		if len(stack)-at > len(largest) {
			largest = append([]*file(nil), stack[at:]...)
		}
		stack = stack[:at]
	}
	for _, f := range files {
		if index[f] == 0 {
			visit(f)
		}
	}
	return largest
}
