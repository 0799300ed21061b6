package diag

type Code string

const (
	Lost Code = "quorum-lost"
	Down Code = "process-down"
	Full Code = "disk-full"
)
