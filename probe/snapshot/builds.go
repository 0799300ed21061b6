package snapshot

import "strings"

// builds are the commits that releases from 3.5.5 on were built from, as zookeeper.jar of each
// says (org.apache.zookeeper.version.Info). Before that a release was built twice and more.
func builds() map[string]string {
	return map[string]string{
		"3.5.5":  "390fe37ea45dee01bf87dc1c042b5e3dcce88653",
		"3.5.6":  "c11b7e26bc554b8523dc929761dd28808913f091",
		"3.5.7":  "f0fdd52973d373ffd9c86b81d99842dc2c7f660e",
		"3.5.8":  "f439ca583e70862c3068a1f2a7d4d068eec33315",
		"3.5.9":  "83df9301aa5c2a5d284a9940177808c01bc35cef",
		"3.5.10": "a32c7183d42325b03e44a06aade6a0f16955bf13",
		"3.6.0":  "b4c89dc7f6083829e18fae6e446907ae0b1f22d7",
		"3.6.1":  "104dcb3e3fb464b30c5186d229e00af9f332524b",
		"3.6.2":  "803c7f1a12f85978cb049af5e4ef23bd8b688715",
		"3.6.3":  "6401e4ad2087061bc6b9f80dec2d69f2e3c8660a",
		"3.6.4":  "d65253dcf68e9097c6e95a126463fd5fdeb4521c",
		"3.7.0":  "e3704b390a6697bfdf4b0bef79e3da7a4f6bac4b",
		"3.7.1":  "a2fb57c55f8e59cdd76c34b357ad5181df1258d5",
		"3.7.2":  "c06c7c8a3e95779d4becb1938b378596e3b420d0",
		"3.8.1":  "74db005175a4ec545697012f9069cb9dcc8cdda7",
		"3.8.2":  "139d619b58292d7734b4fc83a0f44be4e7b0c986",
		"3.8.3":  "6ad6d364c7c0bcf0de452d54ebefa3058098ab56",
		"3.8.4":  "9316c2a7a97e1666d8f4593f34dd6fc36ecc436c",
		"3.8.5":  "19f1842d4b6ee1f82cc8b05284959b26c6ae507d",
		"3.8.6":  "6df26081269769c160c8c3a24929c60c91cd19c3",
		"3.8.7":  "9085db92dd679e1e90a63bfe6ae6345ab6cbc4ae",
		"3.9.0":  "1674a5e97f43bc38e9bf56b04f83a7ae34d68249",
		"3.9.1":  "40487256d9b9f274484798758699e49c26d91cda",
		"3.9.2":  "e454e8c7283100c7caec6dcae2bc82aaecb63023",
		"3.9.3":  "c26634f34490bb0ea7a09cc51e05ede3b4e320ee",
		"3.9.4":  "7246445ec281f3dbf53dc54e970c914f39713903",
		"3.9.5":  "293c895a8d966a3ecb92872be4a1daf87d725da2",
		"3.9.6":  "a355171b081b5b60749db8f19cca1528b0df936f",
	}
}

// otherCommit reports whether a version names a commit, and not the one that the release of that
// number was built from. Of a release that is not known any commit is taken for its own.
func otherCommit(version, commit string) bool {
	const digits = 40 // of git; Subversion's revisions are shorter
	built, known := builds()[version]
	return known && len(commit) == digits && !strings.EqualFold(built, commit)
}
