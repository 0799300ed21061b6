package thishost

import "github.com/zkdoctor/zkdoctor/probe/snapshot"

// MayBe reports whether a process may be the server of a host's own configuration: it listens as
// one, or is of a user who may start it. That it only calls itself so is any user's word.
func MayBe(l, file snapshot.Local) bool {
	return l.Listening() != snapshot.ListensNot || IsOfOwner(l, file)
}

// IsOfOwner reports whether a process is of root, or of the user who owns a configuration or
// the data that it names.
func IsOfOwner(l, file snapshot.Local) bool {
	if l.Process == nil || !l.Process.Credentials.Seen() || l.Process.OtherUsers {
		return false
	}
	uid := l.Process.Credentials.Value.UID
	steps, data := file.ConfigAccess.Value, file.Data.Value.Dir.Owner
	return uid == 0 || len(steps) > 0 && steps[len(steps)-1].UID == uid || data.Seen() && data.Value.UID == uid
}
