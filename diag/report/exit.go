package report

// Exit codes are those of the monitoring plugins.
const (
	ExitOK       = 0
	ExitWarning  = 1
	ExitCritical = 2
	// ExitUnknown is also that of wrong usage and internal errors, so that a typo
	// never looks like an outage.
	ExitUnknown = 3
)
