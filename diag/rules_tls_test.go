package diag

import (
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// shows is what TLS to a server's client port came to: its certificate began and ends
// so long from now.
func shows(fault snapshot.TLSFault, began, ends time.Duration) func(*snapshot.Server) {
	return func(s *snapshot.Server) {
		s.Client.Value.TLS = snapshot.TLSLook{Fault: fault, Certificate: &snapshot.Certificate{
			Subject: "CN=" + s.Name, Issuer: "CN=ca", Names: []string{s.Name}, NotBefore: now().Add(began), NotAfter: now().Add(ends),
		}}
		if fault != "" {
			s.Srvr = failed[snapshot.Srvr](s, snapshot.TLS, quick)
			s.Mntr, s.Conf = snapshot.Obs[snapshot.Mntr]{}, snapshot.Obs[snapshot.Conf]{}
		}
	}
}

// nth changes a server of a scene.
func nth(id int, change func(*snapshot.Server)) func(*snapshot.Snapshot) {
	return func(s *snapshot.Snapshot) { change(&s.Servers[id-1]) }
}

// all changes every server of a scene.
func all(change func(*snapshot.Server)) func(*snapshot.Snapshot) {
	return func(s *snapshot.Snapshot) {
		for i := range s.Servers {
			change(&s.Servers[i])
		}
	}
}

func overTLS(s *snapshot.Snapshot) { s.Plan.Secure = true }

func tlsRules() []rule {
	const day = 24 * time.Hour
	year := func(fault snapshot.TLSFault) func(*snapshot.Server) { return shows(fault, -30*day, 335*day) }
	return []rule{
		{
			ClientTLSFailed,
			[]fire{
				{"asked in plain text", look(follower, leader, closing).edit(nth(3, year(snapshot.TLSNotAsked))), "warning proven zk3"},
				{"an unknown authority", healthy().edit(overTLS).edit(all(year(snapshot.TLSAuthority))), "warning proven zk1 zk2 zk3"},
				{"another name", healthy().edit(overTLS).edit(nth(1, year(snapshot.TLSName))), "warning proven zk1"},
				{"wants our certificate", healthy().edit(overTLS).edit(nth(1, year(snapshot.TLSRefused))), "warning proven zk1"},
				{"speaks plain text", healthy().edit(overTLS).edit(nth(1, func(s *snapshot.Server) {
					year(snapshot.TLSPlainText)(s)
					s.Client.Value.TLS.Certificate = nil
				})), "warning proven zk1"},
				{"dates, by a clock of ours that is wrong", healthy().edit(overTLS).edit(nth(1, year(snapshot.TLSDates))), "warning proven zk1"},
				{"no common version", healthy().edit(overTLS).edit(nth(1, year(snapshot.TLSOther))), "warning proven zk1"},
				{"its AdminServer says that it serves", look(follower, leader, closing).edit(nth(3, year(snapshot.TLSNotAsked))).edit(locked(3, snapshot.ModeFollower, voters(3))), "info proven zk3"},
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
				{"in a week", healthy().edit(overTLS).edit(nth(3, shows("", -358*day, 7*day))).edit(clocks(time.Second)), "warning proven zk3"},
				{"in a week, by the clock of this host alone", healthy().edit(overTLS).edit(nth(3, shows("", -358*day, 7*day))), "warning likely zk3"},
				{"in a week, and a server has another time", healthy().edit(overTLS).edit(nth(3, shows("", -358*day, 7*day))).edit(clocks(-30 * day)), "warning likely zk3"},
				{"expired, and others are not", healthy().edit(overTLS).edit(all(year(""))).edit(nth(3, shows(snapshot.TLSDates, -400*day, -day))).edit(clocks(time.Second)), "warning proven zk3"},
				{"all expired", healthy().edit(overTLS).edit(all(shows(snapshot.TLSDates, -400*day, -day))), "critical likely zk1 zk2 zk3"},
				{"not valid yet", healthy().edit(overTLS).edit(nth(3, shows(snapshot.TLSDates, day, 365*day))), "warning likely zk3"},
				{"seen in plain text", look(follower, leader, closing).edit(nth(3, shows(snapshot.TLSNotAsked, -358*day, 7*day))).edit(clocks(time.Second)), "warning proven zk3"},
				{"that for the other servers", healthy().edit(nth(3, func(s *snapshot.Server) {
					shows("", -358*day, 7*day)(s)
					s.QuorumTLS, s.Client.Value.TLS = s.Client.Value.TLS, snapshot.TLSLook{}
				})).edit(clocks(time.Second)), "warning proven zk3"},
				{"of a short life, and too late", healthy().edit(overTLS).edit(nth(3, shows("", -80*day, 10*day))).edit(clocks(time.Second)), "warning proven zk3"},
			},
			[]alike{
				{"a year", healthy().edit(overTLS).edit(all(year("")))},
				{"lives for a day, and was renewed", healthy().edit(overTLS).edit(all(shows("", -2*time.Hour, 22*time.Hour)))},
				{"90 days, renewed with 30 left", healthy().edit(overTLS).edit(all(shows("", -61*day, 29*day)))},
				{"plain text", healthy()},
			},
			append(blindNetwork(), blind{"showed none", healthy().edit(overTLS).edit(all(func(s *snapshot.Server) { s.Srvr = failed[snapshot.Srvr](s, snapshot.Reset, quick) })), report.SkipNotReported}),
		},
	}
}
