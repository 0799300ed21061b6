package lint

import "github.com/zkdoctor/zkdoctor/probe/zoocfg"

// Rules is every rule, in the order in which remarks on one line are shown.
func Rules() []Rule {
	return append([]Rule{
		{"would-not-start", wouldNotStart},
		{"older-version", olderVersion},
		{"dynamic-file-missing", dynamicFileMissing},
		{"client-port-contradicts", clientPortContradicts},
		{"no-quorum-possible", noQuorumPossible},
		{"port-collision", portCollision},

		{"bom", noted(zoocfg.NoteBOM)},
		{"crlf", noted(zoocfg.NoteCRLF)},
		{"not-latin1", noted(zoocfg.NoteNotLatin1)},
		{"duplicate", noted(zoocfg.NoteDuplicate)},
		{"trailing-comment", noted(zoocfg.NoteTrailingComment)},
		{"backslash", noted(zoocfg.NoteBackslash)},
		{"no-effect", noted(zoocfg.NoteNoEffect)},
		{"unknown-key", unknownKey},
		{"other-release", otherRelease},
		{"release-faults", knownFaults},
		{"ignored-value", noted(zoocfg.NoteIgnoredValue)},
		{"server-key", noted(zoocfg.NoteServerKey)},
		{"multi-address", noted(zoocfg.NoteMultiAddress)},

		{"placeholder", placeholder},
		{"quoted", quoted},
		{"empty-address", emptyAddress},
		{"empty-dir", emptyDir},

		{"no-client-port", noClientPort},
		{"client-part-missing", clientPartMissing},
		{"limit-negative", limitNegative},
		{"init-limit", initLimit},
		{"sync-limit", syncLimit},
	}, adviceRules()...)
}

// adviceRules are those about what ZooKeeper starts with.
func adviceRules() []Rule {
	return []Rule{
		{"two-voters", twoVoters},
		{"even-voters", evenVoters},
		{"one-voter", oneVoter},
		{"same-address", sameAddress},
		{"wildcard-address", wildcardAddress},
		{"loopback-address", loopbackAddress},
		{"id-range", idRange},
		{"extended-id", extendedID},
		{"peer-type", peerType},
		{"next-file", nextFile},
		{"reconfig-no-super", reconfigNoSuper},

		{"data-dir-volatile", dataDirVolatile},
		{"data-dir-relative", dataDirRelative},
		{"log-dir-shared", logDirShared},
		{"purge-off", purgeOff},
		{"purge-retain", purgeRetain},

		{"force-sync-off", forceSyncOff},
		{"skip-acl", skipACL},
		{"trust-empty-snapshot", trustEmptySnapshot},
		{"fsync-threshold", fsyncThreshold},
		{"max-connections", maxConnections},
		{"whitelist", whitelist},
		{"leader-serves-no", leaderServesNo},
		{"listen-on-all", listenOnAll},
		{"admin-standalone", adminStandalone},

		{"auth-provider-class", misspeltProvider},
		{"secure-port-factory", securePortFactory},
		{"secure-port-key-store", securePortKeyStore},
		{"quorum-key-store", quorumKeyStore},
		{"plain-text-peers", plainTextPeers},
		{"quorum-tls-off", quorumTLSOff},
		{"client-tls-off", clientTLSOff},
	}
}
