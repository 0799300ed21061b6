package render

import (
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// nameClass keeps room for a long name.
func nameClass(s *report.ServerView) string {
	if len(s.Name) > longName {
		return "name long"
	}
	return "name"
}

// roleClass makes servers that do not work stand out, and those of which that is
// not known otherwise.
func roleClass(s *report.ServerView) string {
	switch s.Role {
	case report.NotServing, report.RoleDown, report.ReadOnly:
		return "role bad"
	case report.RoleUnknown, "":
		return "role unsure"
	default:
		return "role"
	}
}

// portClass makes a port stand out that is closed and should not be, and one of
// which that is not known otherwise.
func portClass(s report.PortState) string {
	switch s {
	case report.PortOpen, report.PortNotExpected, report.PortNotProbed, "":
		return "port"
	case report.PortFiltered, report.PortUnreachable:
		return "port unsure"
	default:
		return "port bad"
	}
}
