package zktest

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// trainFor bounds the making of a class-data archive: an ensemble of three that
// elects twice, on a busy machine, and a second or two for writing 15 MB.
const trainFor = 3 * time.Minute

// classArchive returns the class-data archive of a version for this Java, and makes
// it where it is not there yet: Java then maps what it would read from jars, verify
// and link, which takes a third to half of the CPU of a server's start. It lies
// beside the jars. It is "" where Java makes none (before 13, JEP 350) and for
// Debian's jars, which lie where nothing else belongs.
//
// Java takes an archive only for the same build of itself and for class paths that
// begin with the same files, unchanged. All of that is in the archive's name; and a
// server goes on without where Java finds fault with one all the same (-Xshare:auto).
func classArchive(ctx context.Context, java, version string, jars []string) (string, error) {
	if version == Debian {
		return "", nil
	}
	dir := filepath.Dir(jars[0])
	file := filepath.Join(dir, "classes-"+archiveKey(java, jars)+".jsa")
	if archive, known := knownArchive(file); known {
		return archive, nil
	}
	ctx, cancel := context.WithTimeout(ctx, trainFor)
	defer cancel()
	unlock, err := lockFile(ctx, filepath.Join(dir, "classes.lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	if archive, known := knownArchive(file); known { // another process was first
		return archive, nil
	}
	tmp, err := os.MkdirTemp(dir, "new-classes-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	written := filepath.Join(tmp, "classes.jsa")
	if err := train(ctx, version, written); ctx.Err() != nil {
		return "", err
	} else if err != nil {
		// Not to be tried again at each start. TestRealClassArchive fails where this Java
		// should have made one.
		return "", os.WriteFile(verdictFile(file), fmt.Appendf(nil, "%v\n", err), 0o644)
	}
	info, err := os.Stat(written)
	if err != nil {
		return "", err
	}
	err = os.Rename(written, file)
	return file, errors.Join(err, os.WriteFile(verdictFile(file), fmt.Appendf(nil, "%d\n", info.Size()), 0o644))
}

// archived gives the jars of a version and their class-data archive.
func archived(java string) func(ctx context.Context, version string) (jars []string, archive string, err error) {
	return func(ctx context.Context, version string) (jars []string, archive string, err error) {
		if jars, err = Jars(ctx, version); err != nil {
			return nil, "", err
		}
		archive, err = classArchive(ctx, java, version, jars)
		return jars, archive, err
	}
}

// unarchived gives the jars of a version, for what an archive is made of.
func unarchived(ctx context.Context, version string) (jars []string, archive string, err error) {
	jars, err = Jars(ctx, version)
	return jars, "", err
}

// verdictFile is beside an archive. It holds the archive's size, or why there is none.
func verdictFile(archive string) string { return archive + ".txt" }

// knownArchive is the file, or "" where it is known that there can be none. An archive
// that is not as long as it was counts as none yet: Java would read past its end.
func knownArchive(file string) (archive string, known bool) {
	verdict, err := os.ReadFile(verdictFile(file))
	if err != nil {
		return "", false
	}
	size, err := strconv.ParseInt(strings.TrimSpace(string(verdict)), 10, 64)
	if err != nil {
		return "", true
	}
	info, err := os.Stat(file)
	return file, err == nil && info.Size() == size
}

// archiveKey is different for different Javas and jars.
func archiveKey(java string, jars []string) string {
	sum := fnv.New64a()
	fmt.Fprintln(sum, "trained as 1") // a number that changes when train does
	if target, err := filepath.EvalSymlinks(java); err == nil {
		java = target
	}
	lib := filepath.Join(filepath.Dir(filepath.Dir(java)), "lib")
	files := []string{
		java, filepath.Join(lib, "modules"),
		filepath.Join(lib, "server", "libjvm.so"), filepath.Join(lib, "server", "classes.jsa"),
	}
	for _, file := range append(files, jars...) {
		if info, err := os.Stat(file); err == nil {
			fmt.Fprintln(sum, file, info.Size(), info.ModTime().UnixNano())
		}
	}
	return fmt.Sprintf("%016x", sum.Sum64())
}

// askAdmin asks the AdminServer what zkdoctor asks it, of which the first answer takes
// most classes of all.
func (s *Server) askAdmin(ctx context.Context) error {
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
			return s.ensemble.Client.Dial(ctx, addr)
		},
	}}
	for _, command := range []string{"configuration", "monitor", "voting_view", "connections"} {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet,
			fmt.Sprintf("http://%s:8080/commands/%s", s.Addr, command), http.NoBody)
		if err != nil {
			return err
		}
		response, err := client.Do(r)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, response.Body) // 3.5 does not know all of them
		if err := errors.Join(err, response.Body.Close()); err != nil {
			return err
		}
	}
	return nil
}

// train runs an ensemble, one of whose servers follows, leads, serves a session and
// answers words, and writes at its end which classes it has used.
func train(ctx context.Context, version, archive string) error {
	e, err := Start(ctx, Options{Version: version, Admin: true, untrained: true, Edit: func(s *Server) {
		if s.ID == 2 {
			s.JVM = append(s.JVM, "-XX:ArchiveClassesAtExit="+archive)
		}
	}})
	if err != nil {
		return err
	}
	defer e.Close()
	if err := e.WaitServing(ctx); err != nil {
		return err
	}
	leader, err := e.Leader(ctx)
	if err != nil {
		return err
	}
	s := e.Server(2)
	if leader != s { // mostly it is the highest id
		if err := leader.Kill(); err != nil {
			return err
		}
		if err := e.WaitQuorum(ctx); err != nil {
			return err
		}
	}
	session, err := s.OpenSession(ctx, 10*time.Second)
	if err != nil {
		return err
	}
	err = errors.Join(session.Create(ctx, "/trained", []byte("x"), true),
		session.Watch(ctx, "/trained"), session.Ping(ctx))
	for _, word := range []string{"srvr", "mntr", "stat", "conf", "cons", "envi", "wchs", "isro", "ruok"} {
		_, wordErr := s.Word(ctx, word)
		err = errors.Join(err, wordErr)
	}
	if !before(version, 3, 5) {
		err = errors.Join(err, s.askAdmin(ctx))
	}
	if err = errors.Join(err, session.Close(ctx), s.Stop(ctx)); err != nil {
		return err
	}
	if !exists(archive) {
		return fmt.Errorf("java wrote no class-data archive:\n%s", s.LogTail(5))
	}
	return nil
}
