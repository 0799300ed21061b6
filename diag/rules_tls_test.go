package diag

import (
	"time"

	"github.com/zkdoctor/zkdoctor/probe"
)

// shows is what TLS to a server's client port came to: its certificate began and ends
// so long from now.
func shows(fault probe.TLSFault, began, ends time.Duration) func(*probe.Server) {
	return func(s *probe.Server) {
		s.Client.Value.TLS = probe.TLSLook{Fault: fault, Certificate: &probe.Certificate{
			Subject: "CN=" + s.Name, Issuer: "CN=ca", Names: []string{s.Name}, NotBefore: now().Add(began), NotAfter: now().Add(ends),
		}}
		if fault != "" {
			s.Srvr = failed[probe.Srvr](s, probe.TLS, quick)
			s.Mntr, s.Conf = probe.Obs[probe.Mntr]{}, probe.Obs[probe.Conf]{}
		}
	}
}

// nth changes a server of a scene.
func nth(id int, change func(*probe.Server)) func(*probe.Snapshot) {
	return func(s *probe.Snapshot) { change(&s.Servers[id-1]) }
}

// all changes every server of a scene.
func all(change func(*probe.Server)) func(*probe.Snapshot) {
	return func(s *probe.Snapshot) {
		for i := range s.Servers {
			change(&s.Servers[i])
		}
	}
}

func overTLS(s *probe.Snapshot) { s.Plan.Secure = true }

func tlsRules() []rule {
	const day = 24 * time.Hour
	year := func(fault probe.TLSFault) func(*probe.Server) { return shows(fault, -30*day, 335*day) }
	return []rule{
		{
			ClientTLSFailed,
			[]fire{
				{"asked in plain text", look(follower, leader, closing).edit(nth(3, year(probe.TLSNotAsked))), "warning proven zk3"},
				{"an unknown authority", healthy().edit(overTLS).edit(all(year(probe.TLSAuthority))), "warning proven zk1 zk2 zk3"},
				{"another name", healthy().edit(overTLS).edit(nth(1, year(probe.TLSName))), "warning proven zk1"},
				{"wants our certificate", healthy().edit(overTLS).edit(nth(1, year(probe.TLSRefused))), "warning proven zk1"},
				{"speaks plain text", healthy().edit(overTLS).edit(nth(1, func(s *probe.Server) {
					year(probe.TLSPlainText)(s)
					s.Client.Value.TLS.Certificate = nil
				})), "warning proven zk1"},
				{"dates, by a clock of ours that is wrong", healthy().edit(overTLS).edit(nth(1, year(probe.TLSDates))), "warning proven zk1"},
				{"no common version", healthy().edit(overTLS).edit(nth(1, year(probe.TLSOther))), "warning proven zk1"},
				{"its AdminServer says that it serves", look(follower, leader, closing).edit(nth(3, year(probe.TLSNotAsked))).edit(locked(3, probe.ModeFollower, voters(3))), "info proven zk3"},
			},
			[]alike{
				{"plain text", healthy()},
				{"TLS that works", healthy().edit(overTLS).edit(all(year("")))},
				{"closes, and is no TLS", look(follower, leader, closing)},
				{"hung", look(follower, leader, hung).twice()},
			},
			blindNetwork(),
		},
		{
			CertificateExpiring,
			[]fire{
				{"in a week", healthy().edit(overTLS).edit(nth(3, shows("", -358*day, 7*day))), "warning proven zk3"},
				{"expired, and others are not", healthy().edit(overTLS).edit(all(year(""))).edit(nth(3, shows(probe.TLSDates, -400*day, -day))), "warning proven zk3"},
				{"all expired", healthy().edit(overTLS).edit(all(shows(probe.TLSDates, -400*day, -day))), "critical likely zk1 zk2 zk3"},
				{"not valid yet", healthy().edit(overTLS).edit(nth(3, shows(probe.TLSDates, day, 365*day))), "warning proven zk3"},
				{"seen in plain text", look(follower, leader, closing).edit(nth(3, shows(probe.TLSNotAsked, -358*day, 7*day))), "warning proven zk3"},
				{"that for the other servers", healthy().edit(nth(3, func(s *probe.Server) {
					shows("", -358*day, 7*day)(s)
					s.QuorumTLS, s.Client.Value.TLS = s.Client.Value.TLS, probe.TLSLook{}
				})), "warning proven zk3"},
				{"of a short life, and too late", healthy().edit(overTLS).edit(nth(3, shows("", -80*day, 10*day))), "warning proven zk3"},
			},
			[]alike{
				{"a year", healthy().edit(overTLS).edit(all(year("")))},
				{"lives for a day, and was renewed", healthy().edit(overTLS).edit(all(shows("", -2*time.Hour, 22*time.Hour)))},
				{"90 days, renewed with 30 left", healthy().edit(overTLS).edit(all(shows("", -61*day, 29*day)))},
				{"plain text", healthy()},
			},
			append(blindNetwork(), blind{"showed none", healthy().edit(overTLS).edit(all(func(s *probe.Server) { s.Srvr = failed[probe.Srvr](s, probe.Reset, quick) })), SkipNotTold}),
		},
	}
}
