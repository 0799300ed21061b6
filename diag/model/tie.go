package model

// tieHosts finds the row of each host: first of those that listen, and of these in the
// network that zkdoctor sees first, so that no other process takes it. It sets aside those
// that are no evidence.
func tieHosts(e *Ensemble, hosts []*Host) {
	byTrust := map[int][]*Host{}
	for _, h := range hosts {
		byTrust[h.trust()] = append(byTrust[h.trust()], h)
	}
	for _, trust := range []int{listensHere, listensElsewhere, unverified} {
		for _, h := range byTrust[trust] {
			match(h, e.Servers)
		}
	}
	findChanged(e, hosts)
	for _, h := range hosts {
		switch h.Doubt = h.doubt(hosts); h.Doubt {
		case InItsPlace, OfOtherUser:
			e.Doubted = append(e.Doubted, h)
		default:
			e.Hosts = append(e.Hosts, h)
		}
	}
	findElsewhere(e)
}
