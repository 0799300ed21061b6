package diag

type Code string

const (
	Lost Code = "quorum-lost"
	Down Code = "process-down"
	Full Code = "disk-full"
)

type Check struct {
	Code  Code
	Title string
	eval  func() int
}

func Catalogue() []Check {
	return []Check{
		{Lost, "no quorum", checkLost},
		{Down, "it does not run", checkDown},
		{Full, "the disk is full", checkFull},
	}
}
