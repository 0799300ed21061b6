package push

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Program is zkdoctor for the hosts of one architecture.
type Program struct {
	text []byte
	sum  string
	arch architecture
	// dynamic: it needs the C library that it was linked with.
	dynamic bool
}

// architecture is what the kernel goes by: the class, byte order and machine of an ELF header.
type architecture struct {
	class   elf.Class
	data    elf.Data
	machine elf.Machine
}

// named are the architectures with the name that Go has for them and those that uname -m gives.
var named = []struct {
	arch  architecture
	goes  string
	uname []string
}{
	{architecture{elf.ELFCLASS64, elf.ELFDATA2LSB, elf.EM_X86_64}, "amd64", []string{"x86_64", "amd64"}},
	{architecture{elf.ELFCLASS64, elf.ELFDATA2LSB, elf.EM_AARCH64}, "arm64", []string{"aarch64", "arm64"}},
	{architecture{elf.ELFCLASS64, elf.ELFDATA2LSB, elf.EM_PPC64}, "ppc64le", []string{"ppc64le"}},
	{architecture{elf.ELFCLASS64, elf.ELFDATA2MSB, elf.EM_S390}, "s390x", []string{"s390x"}},
	{architecture{elf.ELFCLASS32, elf.ELFDATA2LSB, elf.EM_386}, "386", []string{"i386", "i486", "i586", "i686"}},
	{architecture{elf.ELFCLASS32, elf.ELFDATA2LSB, elf.EM_ARM}, "arm", []string{"armv6l", "armv7l", "armv8l"}},
	{architecture{elf.ELFCLASS64, elf.ELFDATA2LSB, elf.EM_RISCV}, "riscv64", []string{"riscv64"}},
}

// String is the name that Go, and the names of archives, have for it.
func (a architecture) String() string {
	for _, n := range named {
		if n.arch == a {
			return n.goes
		}
	}
	return strings.ToLower(strings.TrimPrefix(a.machine.String(), "EM_"))
}

// byUname is the architecture that uname -m names.
func byUname(name string) (architecture, bool) {
	for _, n := range named {
		if slices.Contains(n.uname, name) {
			return n.arch, true
		}
	}
	return architecture{}, false
}

// byHeader is the architecture in the first 20 bytes of a program, as od -tx1 prints them.
func byHeader(words []string) (architecture, bool) {
	var head []byte
	for _, word := range words {
		b, err := strconv.ParseUint(word, 16, 8)
		if err != nil {
			return architecture{}, false
		}
		head = append(head, byte(b))
	}
	if len(head) != 20 || string(head[:4]) != elf.ELFMAG {
		return architecture{}, false
	}
	a := architecture{class: elf.Class(head[elf.EI_CLASS]), data: elf.Data(head[elf.EI_DATA])}
	low, high := head[18], head[19]
	if a.data == elf.ELFDATA2MSB {
		low, high = high, low
	}
	a.machine = elf.Machine(uint16(high)<<8 | uint16(low))
	return a, true
}

// ErrNotLinux is that of a program for another system.
var ErrNotLinux = errors.New("no program for Linux")

// MaxProgram is more than zkdoctor has ever had, with all that a debugger wants.
const MaxProgram = 128 << 20

// NewProgram is this program: the bytes of its file.
func NewProgram(text []byte) (Program, error) {
	file, err := elf.NewFile(bytes.NewReader(text))
	if err != nil {
		return Program{}, ErrNotLinux
	}
	sum := sha256.Sum256(text)
	return Program{
		text: text, sum: hex.EncodeToString(sum[:]), arch: architecture{file.Class, file.Data, file.Machine},
		dynamic: slices.ContainsFunc(file.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }),
	}, nil
}

// NewNamedProgram is one that a user has named: built of the Go package that is wanted, and of no other.
func NewNamedProgram(text []byte, wanted string) (Program, error) {
	p, err := NewProgram(text)
	if err != nil {
		return Program{}, err
	}
	info, err := buildinfo.Read(bytes.NewReader(text))
	if err != nil || info.Path != wanted {
		return Program{}, errors.New("not zkdoctor")
	}
	return p, nil
}

// choose is the first program for a host that says so of itself: uname -s, uname -m, and the
// bytes that a program of its own begins with, where it could tell.
func choose(programs []Program, host []string) (*Program, error) {
	if len(host) < 2 {
		return nil, errors.New("its shell does not know uname")
	}
	system, machine := host[0], host[1]
	if system != "Linux" {
		return nil, fmt.Errorf("it runs %s, and zkdoctor reads processes and files on Linux only", system)
	}
	arch, known := byHeader(host[2:])
	if !known {
		arch, known = byUname(machine)
	}
	for i := range programs {
		if known && programs[i].arch == arch {
			return &programs[i], nil
		}
	}
	name := machine
	if known {
		name = arch.String()
	}
	return nil, fmt.Errorf("it runs Linux on %s: name a zkdoctor for linux %s with --push-binary", machine, name)
}
