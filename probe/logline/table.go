package logline

import "slices"

// Rows are the table. Its order is that of explain's answers: what ends a start first,
// what is normal last, and within a family the special before the general.
func Rows() []Row {
	return slices.Concat(
		configRows(), javaRows(), memoryRows(), startRows(),
		dataRows(), settingRows(), portRows(), greetingRows(),
		damageRows(), idRows(), rejectionRows(), packetRows(),
		channelRows(), linkRows(), learnerRows(), leaderRows(),
		lostRows(), strainRows(), clientRows(), electionRows(),
		clientSideRows(), programRows(), storageRows(), valueRows(), authRows(), adminRows(), peerTalkRows(),
		crashRows(), harmlessRows(), codeRows(), oddRows(), wrapUpRows(),
	)
}
