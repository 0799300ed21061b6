// Package recorded has what real servers said, for the tests of all packages: their
// replies to four-letter words, and the pages of their AdminServers (3.5+). The command
// internal/zktest/record asks the servers and writes it down.
//
// All that a server said in one state is an archive, replies/<version>/<state>.txtar, with
// the files <word>.txt and admin/<command>.json. The state is a mode, with "-" and a
// circumstance behind it or without, or not-serving or not-whitelisted. Archives have what
// zkdoctor asks for, and nothing else.
//
// Replies are byte for byte the servers', but for what record's scrub makes neutral. In an
// archive every file ends with a newline; where a reply does not, the line that diff has
// for this follows:
//
//	-- ruok.txt --
//	imok
//	\ No newline at end of file
//
// Neither that line nor the newline before it is the server's.
package recorded

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/txtar"
)

//go:embed replies
var replies embed.FS

// noNewline ends a file in an archive whose last newline is not the server's.
const noNewline = "\n\\ No newline at end of file\n"

// files are those that an archive may have, in their order in it.
var files = [...]string{
	"srvr.txt", "mntr.txt", "conf.txt", "envi.txt", "isro.txt", "ruok.txt",
	"admin/configuration.json", "admin/server_stats.json", "admin/voting_view.json",
	"admin/leader.json", "admin/monitor.json", "admin/connections.json",
}

// Words are the four-letter words whose replies are kept: those of probe/snapshot.
func Words() []string { return asked("", ".txt") }

// Commands are those of the AdminServer whose pages are kept: those of probe/snapshot.
func Commands() []string { return asked("admin/", ".json") }

// asked are the files of one kind, without what the kind adds to their names.
func asked(prefix, suffix string) []string {
	var names []string
	for _, file := range files {
		if strings.HasPrefix(file, prefix) && strings.HasSuffix(file, suffix) {
			names = append(names, file[len(prefix):len(file)-len(suffix)])
		}
	}
	return names
}

func replyFile(word string) string   { return word + ".txt" }
func pageFile(command string) string { return "admin/" + command + ".json" }

// Server is what a server of a version said in a state.
type Server struct {
	Version, State string
	said           map[string]string // by the name of its file
}

// all is read once: diag's tests alone look at thousands of replies.
var all = sync.OnceValues(readAll)

// Servers are all that were recorded, sorted by version and state.
func Servers() ([]Server, error) {
	servers, err := all()
	return slices.Clone(servers), err
}

// Find is the server of that version in that state. The error is fs.ErrNotExist where
// none was recorded.
func Find(version, state string) (Server, error) {
	servers, err := all()
	if err != nil {
		return Server{}, err
	}
	for _, s := range servers {
		if s.Version == version && s.State == state {
			return s, nil
		}
	}
	return Server{}, fmt.Errorf("%s %s: no recorded replies: %w", version, state, fs.ErrNotExist)
}

func readAll() ([]Server, error) {
	paths, err := fs.Glob(replies, "replies/*/*.txtar")
	if err != nil {
		return nil, err
	}
	servers := make([]Server, len(paths))
	for i, file := range paths {
		archive, err := replies.ReadFile(file)
		if err != nil {
			return nil, err
		}
		version, state := path.Base(path.Dir(file)), strings.TrimSuffix(path.Base(file), ".txtar")
		if servers[i], err = Parse(version, state, archive); err != nil {
			return nil, err
		}
	}
	return servers, nil
}

// Parse reads an archive; an empty one is of a server that has said nothing yet.
func Parse(version, state string, archive []byte) (Server, error) {
	s := Server{Version: version, State: state}
	for _, f := range txtar.Parse(archive).Files {
		if _, twice := s.said[f.Name]; twice {
			return s, fmt.Errorf("%s %s: %s is there twice", version, state, f.Name)
		}
		if err := s.set(f.Name, withoutMark(string(f.Data))); err != nil {
			return s, err
		}
	}
	return s, nil
}

// Reply is the reply to a word; false where none was recorded.
func (s Server) Reply(word string) ([]byte, bool) {
	reply, ok := s.said[replyFile(word)]
	return []byte(reply), ok
}

// Page is the AdminServer's to a command; false where none was recorded.
func (s Server) Page(command string) ([]byte, bool) {
	page, ok := s.said[pageFile(command)]
	return []byte(page), ok
}

// SetReply notes the reply to one of Words.
func (s *Server) SetReply(word, reply string) error { return s.set(replyFile(word), reply) }

// SetPage notes the page to one of Commands.
func (s *Server) SetPage(command, page string) error { return s.set(pageFile(command), page) }

// set leaves copies of the server as they are.
func (s *Server) set(file, text string) error {
	if !slices.Contains(files[:], file) {
		return fmt.Errorf("%s %s: %s: zkdoctor does not ask for it", s.Version, s.State, file)
	}
	said := maps.Clone(s.said)
	if said == nil {
		said = map[string]string{}
	}
	said[file] = text
	s.said = said
	return nil
}

// Archive is what Parse reads. It is an error if a reply would not come back as it is,
// because it has a line that an archive has for itself.
func (s Server) Archive() ([]byte, error) {
	var a txtar.Archive
	for _, file := range files {
		if text, ok := s.said[file]; ok {
			a.Files = append(a.Files, txtar.File{Name: file, Data: []byte(withMark(text))})
		}
	}
	archive := txtar.Format(&a)
	back, err := Parse(s.Version, s.State, archive)
	if err != nil {
		return nil, err
	}
	if !maps.Equal(back.said, s.said) {
		return nil, fmt.Errorf("%s %s: a reply looks like a part of an archive", s.Version, s.State)
	}
	return archive, nil
}

// withMark makes the text of a reply one that ends with a newline, or is empty.
func withMark(text string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + noNewline
}

// withoutMark undoes withMark.
func withoutMark(text string) string { return strings.TrimSuffix(text, noNewline) }
