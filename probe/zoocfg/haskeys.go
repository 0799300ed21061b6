package zoocfg

import "slices"

// HasKeys reports whether any line of a file is one of a zoo.cfg, or could be meant for one.
func (c *Config) HasKeys() bool {
	plain := map[string]bool{}
	for _, key := range KnownKeys().all {
		plain[bare(key.Name)] = true
	}
	return slices.ContainsFunc(c.Properties, func(p Property) bool {
		key := javaTrim(p.Key)
		_, err := memberID(key)
		return plain[bare(key)] || kindOf(key) == serverKey && err == nil || looksLikeServer(key)
	})
}
