package model

// MemberVantage is the server of the ensemble from which was looked, empty when
// zkdoctor ran somewhere else.
func (e *Ensemble) MemberVantage() string {
	for _, h := range e.Hosts {
		if h.Server != nil && (h.Process == nil || !h.Process.Container) {
			return h.Server.Name
		}
	}
	return ""
}
