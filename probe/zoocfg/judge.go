package zoocfg

const noNumber = "ZooKeeper does not understand the number and takes the default"

// judge looks at the value of a key that is a system property to ZooKeeper.
func (r *reader) judge(name string, p Property) {
	key, _ := r.known.Find(name)
	switch key.reads {
	case readsFlag:
		if _, known := onlyTrue(p.Value); !known {
			r.notUnderstood(p, readAsFalse, key.Versions)
		}
	case readsNumber, readsLong:
		bits := 32
		if key.reads == readsLong {
			bits = 64
		}
		if _, err := decode(p.Value, bits); err != nil {
			r.notUnderstood(p, noNumber+", without a word", key.Versions)
		}
	case readsLogged:
		if _, err := javaLong(p.Value); err != nil {
			r.notUnderstood(p, noNumber+", with a line in its log", key.Versions)
		}
	}
}
