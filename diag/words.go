package diag

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// shellWord quotes for a shell what is not plainly a host name or a path.
func shellWord(s string) string {
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-:_/+@", r)) {
			return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
		}
	}
	return s
}

// keepFirst is the command that keeps a file as it was before the first change; a second run keeps that.
func keepFirst(file string) string {
	before := shellWord(file + ".before")
	return fmt.Sprintf("{ [ -e %s ] || cp -p %s %s; }", before, shellWord(file), before)
}

func joinAddrs(addrs []netip.Addr) string {
	text := make([]string, len(addrs))
	for i, a := range addrs {
		text[i] = a.String()
	}
	return strings.Join(text, " ")
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

func userName(uid uint32) string {
	if uid == 0 {
		return "root"
	}
	return "user " + fmt.Sprint(uid)
}

// size is a number of bytes for people.
func size(n uint64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	x, unit := float64(n), 0
	for x >= 1024 && unit < len(units)-1 {
		x, unit = x/1024, unit+1
	}
	if unit == 0 || x >= 100 {
		return fmt.Sprintf("%.0f %s", x, units[unit])
	}
	return fmt.Sprintf("%.1f %s", x, units[unit])
}

// days is a time for people who plan.
func days(d time.Duration) string { return plural(int(d/(24*time.Hour)), "day") }

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// enumerate joins names for a sentence; more than six are counted.
func enumerate(items []string) string {
	if len(items) > 6 {
		return strings.Join(items[:6], ", ") + fmt.Sprintf(" and %d more", len(items)-6)
	}
	return strings.Join(items, ", ")
}

// reasonOf is why a look failed; otherwise where it did not.
func reasonOf[T any](o snapshot.Obs[T], otherwise string) string {
	if o.Failure == nil {
		return otherwise
	}
	return o.Failure.Text
}

// addressesOf are the hosts of addresses, for a sentence.
func addressesOf(displaced []zoocfg.Address) string {
	var hosts []string
	for _, a := range displaced {
		hosts = append(hosts, snapshot.Printable(a.Host, snapshot.MaxForeign))
	}
	return enumerate(hosts)
}
