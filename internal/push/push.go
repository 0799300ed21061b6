// Package push has a shell run a program that it does not have: through the shell's standard input goes
// a script, then the program, and what the program writes comes back.
package push

import (
	"bufio"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed push.sh
var script string

const (
	// spareRoom stays free where the file is: ZooKeeper takes 64 MiB for a new transaction log (preAllocSize).
	spareRoom = 64 << 20
	// spareMemory must be free in the limit of the container, with room for the file: what the program takes
	// at the most, three times what it usually takes.
	spareMemory = 64 << 20
	// maxTalk bounds what a host may say before the program runs there, and maxLine a line of that.
	maxTalk = 64 << 10
	maxLine = 16 << 10
)

// questions have a shell tell the memory of its container, by either version of cgroups, and the architecture.
const questions = `echo
version2() { cd /sys/fs/cgroup && cat memory.max memory.stat; }
version1() { cd memory && cat memory.limit_in_bytes memory.stat; }
echo zkdoctor $m memory $({ version2 || version1; } 2>/dev/null)
echo zkdoctor $m host $(uname -s) $(uname -m) $(od -An -tx1 -N20 /proc/self/exe)
`

// Step is how far it has come.
type Step int

// The steps, in their order.
const (
	Asking Step = iota
	Sending
	Running
)

// ErrNoAnswer is that of a command that ended, and no shell had answered.
var ErrNoAnswer = errors.New("no shell answered")

// Run has a shell run the one of the programs that fits it. It writes to stdin and closes it, reads stdout to
// its end, and copies to out what the program wrote. began is called as a step begins.
func Run(programs []Program, arguments []string, limit time.Duration, stdin io.WriteCloser, stdout io.Reader,
	out io.Writer, began func(Step),
) error {
	defer func() { _ = stdin.Close() }() // what is wrong with it shows in what comes back
	mark := rand.Text()
	t := talk{mark: "zkdoctor " + mark + " ", stdin: stdin, stdout: bufio.NewReaderSize(stdout, maxLine)}
	// A failure to write has its reason in what comes back.
	t.write("m=" + mark + "; " + questions)
	memory, err := t.next("memory")
	if err != nil {
		return err
	}
	host, err := t.next("host")
	if err != nil {
		return err
	}
	program, err := choose(programs, host)
	if err != nil {
		return err
	}
	if free, limited := freeMemory(memory); limited && free < int64(len(program.text))+spareMemory {
		return fmt.Errorf("the memory limit of its container leaves %d MiB, too little to run zkdoctor beside the server", free>>20)
	}
	began(Sending)
	t.write(program.settings(arguments, limit) + script)
	if _, err := t.next("send"); err != nil {
		return err
	}
	// Meanwhile it is read what comes: a host that writes and does not read would else keep both waiting.
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, _ = stdin.Write(program.text) // without a copy: it goes to many hosts at once
	}()
	_, err = t.next("run")
	_ = stdin.Close()
	<-sent
	if err != nil {
		return err
	}
	began(Running)
	_, err = io.Copy(out, t.stdout)
	return err
}

// Linked is what to know where a program was not found or not executable, though it had arrived.
func Linked(programs []Program) string {
	for _, p := range programs {
		if p.dynamic {
			return "this zkdoctor needs the C library that it was linked with: build it with CGO_ENABLED=0"
		}
	}
	return "the kernel there did not execute it"
}

// settings are the variables and arguments that the script begins with.
func (p *Program) settings(arguments []string, limit time.Duration) string {
	var words strings.Builder
	for _, argument := range arguments {
		words.WriteString(" '" + strings.ReplaceAll(argument, "'", `'\''`) + "'")
	}
	size := len(p.text)
	return fmt.Sprintf("size=%d sum=%s room=%d seconds=%d; set -- collect%s\n",
		size, p.sum, (size+spareRoom)>>10, int(limit.Seconds())+1, words.String())
}

// talk is a conversation with a shell: lines that begin with the mark are the script's. Others, as greetings,
// are not.
type talk struct {
	mark   string
	stdin  io.Writer
	stdout *bufio.Reader
	read   int
}

func (t *talk) write(text string) { _, _ = io.WriteString(t.stdin, text) }

// next reads on to the script's next line and returns the words behind the one that is wanted.
func (t *talk) next(wanted string) ([]string, error) {
	whole := true
	for {
		line, err := t.stdout.ReadSlice('\n')
		if t.read += len(line); t.read > maxTalk {
			return nil, fmt.Errorf("it wrote more than %d KiB before zkdoctor ran there", maxTalk>>10)
		}
		begins := whole
		whole = !errors.Is(err, bufio.ErrBufferFull)
		said, ours := strings.CutPrefix(string(line), t.mark)
		words := strings.Fields(plain(said))
		switch {
		case err != nil && whole:
			return nil, ErrNoAnswer
		case !ours || !begins || !whole || len(words) == 0:
		case words[0] == "failed":
			return nil, failure(words[1:])
		case words[0] == wanted:
			return words[1:], nil
		}
	}
}

// plain is a line from elsewhere, fit for a terminal.
func plain(line string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return ' '
		}
		return r
	}, line)
}

// freeMemory is what is left of the limit of a container, less what its processes cannot give back: the limit,
// and then memory.stat, of cgroups version 2 or 1. Without a limit it is false.
func freeMemory(words []string) (free int64, limited bool) {
	if len(words) == 0 {
		return 0, false
	}
	free, err := strconv.ParseInt(words[0], 10, 64)
	if err != nil {
		return 0, false
	}
	for i := 1; i+1 < len(words); i += 2 {
		if slices.Contains([]string{"anon", "kernel", "shmem", "total_rss"}, words[i]) {
			used, _ := strconv.ParseInt(words[i+1], 10, 64) // the kernel writes numbers
			free -= used
		}
	}
	return free, true
}

// failure says why the script gave up.
func failure(words []string) error {
	if len(words) == 0 {
		words = []string{""}
	}
	rest := strings.Join(words[1:], " ")
	rest = rest[:min(len(rest), 200)]
	switch words[0] {
	case "place":
		return fmt.Errorf("there is no directory for a temporary program (%s): TMPDIR may name one", rest)
	case "short":
		return fmt.Errorf("%s bytes of the program arrived, and not all", rest)
	case "sum":
		return errors.New("the program arrived changed: does the command have a terminal (-t)?")
	}
	return fmt.Errorf("its shell said %.200q", strings.Join(words, " "))
}
