package model

// Ensemble and host know each other.
type Ensemble struct {
	hosts []host
	First Obs[int]
}

func (e *Ensemble) Voters() int { return len(e.hosts) }

func (e *Ensemble) Size() int { return len(e.hosts) }
