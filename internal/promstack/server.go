package promstack

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/pdeathsig"
)

// ErrNotInstalled tells that a command is missing.
var ErrNotInstalled = errors.New("not found")

// readyFor bounds the start of a server: a second or two, unless the machine is busy.
const readyFor = 2 * time.Minute

// Server is a Prometheus, an Alertmanager or an exporter.
type Server struct {
	// URL is http://host:port, without a path.
	URL string

	name    string
	dir     string
	cmd     *exec.Cmd
	starter *pdeathsig.Starter
	client  *http.Client
	ended   chan struct{} // closed when its log ends
	closing sync.Once

	mu  sync.Mutex
	log []string
}

// Prometheus starts one with the text of a configuration. It listens on host:port,
// any free port for 0. Its files are in a new directory below dir.
func Prometheus(ctx context.Context, dir, address, config string) (*Server, error) {
	return start(ctx, "Prometheus", dir, config, []string{"prometheus"}, func(dir, file string) []string {
		return []string{
			"--config.file=" + file, "--storage.tsdb.path=" + filepath.Join(dir, "data"), "--web.listen-address=" + address,
		}
	})
}

// Alertmanager starts one likewise. It has no peers.
func Alertmanager(ctx context.Context, dir, address, config string) (*Server, error) {
	// Debian has renamed the command.
	commands := []string{"prometheus-alertmanager", "alertmanager"}
	return start(ctx, "Alertmanager", dir, config, commands, func(dir, file string) []string {
		return []string{
			"--config.file=" + file, "--storage.path=" + filepath.Join(dir, "data"),
			"--web.listen-address=" + address, "--cluster.listen-address=",
		}
	})
}

// Exporter starts a zkdoctor exporter, the program at that path, likewise; config
// is the file of ensembles.
func Exporter(ctx context.Context, dir, address, config, program string, flags ...string) (*Server, error) {
	return start(ctx, "zkdoctor exporter", dir, config, []string{program}, func(_, file string) []string {
		return append([]string{"exporter", "--ensembles", file, "--web.listen-address", address}, flags...)
	})
}

func start(
	ctx context.Context, name, dir, config string, commands []string, args func(dir, file string) []string,
) (_ *Server, err error) {
	command, err := find(commands)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if dir, err = os.MkdirTemp(dir, strings.ReplaceAll(strings.ToLower(name), " ", "-")+"-"); err != nil {
		return nil, err
	}
	s := &Server{
		name: name, dir: dir, starter: pdeathsig.New(), ended: make(chan struct{}), client: newClient(),
	}
	file := filepath.Join(dir, "config.yml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, errors.Join(err, s.remove())
	}
	s.cmd = exec.Command(command, args(dir, file)...)
	logged, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, errors.Join(err, s.remove())
	}
	if err := s.starter.Start(s.cmd); err != nil {
		return nil, errors.Join(err, s.remove())
	}
	listens := make(chan string, 1)
	go s.read(logged, listens)
	if err := s.wait(ctx, listens); err != nil {
		s.Close()
		return nil, fmt.Errorf("%s: %w; its log:\n%s", name, err, strings.Join(s.Log(), "\n"))
	}
	return s, nil
}

// At is a Prometheus that runs already, to be asked and not to be closed.
func At(url string) *Server { return &Server{URL: url, name: "Prometheus", client: newClient()} }

// newClient keeps no connection alive: that would be a goroutine that a test must
// wait for.
func newClient() *http.Client {
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
}

// find returns the first of the commands that is installed.
func find(commands []string) (string, error) {
	for _, c := range commands {
		if path, err := exec.LookPath(c); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s %w: install it (Debian: apt-get install --no-install-recommends prometheus prometheus-alertmanager)", commands[0], ErrNotInstalled)
}

// listening is what all of them log, Prometheus's as key=value, ours as JSON.
var listening = regexp.MustCompile(`.*Listening on.*`)

var address = regexp.MustCompile(`\baddress"?[=:]"?([^"\s,}]+)`)

// read keeps the log, and finds the address in it.
func (s *Server) read(log io.Reader, listens chan<- string) {
	defer close(s.ended)
	for lines := bufio.NewScanner(log); lines.Scan(); {
		s.mu.Lock()
		s.log = append(s.log, lines.Text())
		s.mu.Unlock()
		if m := address.FindStringSubmatch(listening.FindString(lines.Text())); m != nil {
			select {
			case listens <- m[1]:
			default: // it said so before
			}
		}
	}
}

// wait waits until the server is ready.
func (s *Server) wait(ctx context.Context, listens <-chan string) error {
	ctx, cancel := context.WithTimeout(ctx, readyFor)
	defer cancel()
	select {
	case address := <-listens:
		s.URL = "http://" + address
	case <-s.ended:
		return errors.New("it has ended")
	case <-ctx.Done():
		return fmt.Errorf("it does not listen: %w", context.Cause(ctx))
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		var answer string
		err := s.Get(ctx, "/-/ready", &answer)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-s.ended:
			return errors.New("it has ended")
		case <-ctx.Done():
			return fmt.Errorf("it is not ready: %w", err)
		}
	}
}

// Log is what the server has logged, by lines.
func (s *Server) Log() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Close kills the server, waits for its end and removes its files.
func (s *Server) Close() {
	s.closing.Do(func() {
		_ = s.cmd.Process.Kill()
		<-s.ended
		_ = s.cmd.Wait() // killed
		_ = s.remove()
	})
}

func (s *Server) remove() error {
	s.starter.Close()
	return os.RemoveAll(s.dir)
}
