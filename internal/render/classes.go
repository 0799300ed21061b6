package render

import (
	"github.com/zkdoctor/zkdoctor/diag"
)

// nameClass keeps room for a long name.
func nameClass(s *diag.ServerView) string {
	if len(s.Name) > longName {
		return "name long"
	}
	return "name"
}

// roleClass makes servers that do not work stand out, and those of which that is
// not known otherwise.
func roleClass(s *diag.ServerView) string {
	switch s.Role {
	case diag.NotServing, diag.RoleDown, diag.ReadOnly:
		return "role bad"
	case diag.RoleUnknown, "":
		return "role unsure"
	default:
		return "role"
	}
}

// portClass makes a port stand out that is closed and should not be, and one of
// which that is not known otherwise.
func portClass(s diag.PortState) string {
	switch s {
	case diag.PortOpen, diag.PortNotExpected, diag.PortNotProbed, "":
		return "port"
	case diag.PortFiltered, diag.PortUnreachable:
		return "port unsure"
	default:
		return "port bad"
	}
}
