package model

type host struct{ ensemble *Ensemble }

func (h *host) alone() bool { return h.ensemble.Size() == 1 }

type Obs[T any] struct{ Value T }

func (o Obs[T]) Seen() int { return 1 }
