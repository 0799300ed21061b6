package snapshot

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"hash/adler32"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Data is what a server keeps on disk.
type Data struct {
	// Dir is dataDir: snapshots and epochs.
	Dir DataDir `json:"dir"`
	// LogDir is dataLogDir, with the transaction logs; nil where it is dataDir.
	LogDir *DataDir `json:"log_dir,omitempty"`
}

// Logs is the directory with the transaction logs.
func (d *Data) Logs() *DataDir {
	if d.LogDir != nil {
		return d.LogDir
	}
	return &d.Dir
}

// DataDir is a dataDir or dataLogDir and the version-2 below it. What version-2
// holds is looked at only where Version2 was seen.
type DataDir struct {
	// Path is the directory as its server sees it.
	Path string `json:"path"`
	// Real is Path with symbolic links followed; empty when that is not known.
	Real string `json:"real,omitempty"`
	// Owner is that of the directory itself.
	Owner Obs[Owner] `json:"owner"`
	// Version2 is the owner of version-2. It is absent before the first start.
	Version2 Obs[Owner] `json:"version_2"`
	// Volume is the file system of version-2, or else of the directory.
	Volume Obs[Volume] `json:"volume"`

	Snapshots Obs[DataFiles] `json:"snapshots"`
	Logs      Obs[DataFiles] `json:"logs"`

	// CurrentEpoch is read before AcceptedEpoch, and both after the names of the
	// files: a server raises the accepted epoch first, then the current one, and
	// then it writes files of it.
	CurrentEpoch  Obs[EpochFile] `json:"current_epoch"`
	AcceptedEpoch Obs[EpochFile] `json:"accepted_epoch"`
	// Repairs is set where the server itself will raise currentEpoch at its next
	// start: it left updatingEpoch (3.4) or currentEpoch.tmp (3.5+) behind
	// (QuorumPeer.loadDataBase).
	Repairs bool `json:"repairs,omitempty"`
}

// Owner is who may do what with a file.
type Owner struct {
	UID uint32 `json:"uid"`
	GID uint32 `json:"gid"`
	// Mode is the nine permission bits.
	Mode uint32 `json:"mode"`
}

// Volume is a mounted file system.
type Volume struct {
	// Mount is where it is mounted and Type what it is (ext4, tmpfs, nfs4); both
	// are empty when the system did not tell.
	Mount string `json:"mount,omitempty"`
	Type  string `json:"type,omitempty"`
	// Bytes is its size, FreeBytes what any user may still write, ReservedBytes
	// what only root may write beyond that.
	Bytes         uint64 `json:"bytes"`
	FreeBytes     uint64 `json:"free_bytes"`
	ReservedBytes uint64 `json:"reserved_bytes"`
	// Inodes is 0 on a file system without a fixed number of them.
	Inodes     uint64 `json:"inodes"`
	FreeInodes uint64 `json:"free_inodes"`
	ReadOnly   bool   `json:"read_only,omitempty"`
}

// DataFiles are the snapshots, or the transaction logs, of one directory.
type DataFiles struct {
	// Total is how many there are. AtLeast is set when there are more names in the
	// directory than zkdoctor is willing to read; Newest then is not to be trusted.
	Total   int  `json:"total"`
	AtLeast bool `json:"at_least,omitempty"`
	// Newest are the newest of them by the zxid in their names, newest first, at
	// most keepFiles.
	Newest []DataFile `json:"newest,omitempty"`
}

// DataFile is one snapshot or transaction log.
type DataFile struct {
	Name string `json:"name"`
	// Zxid is the one in the name: the last transaction in a snapshot, the first
	// in a log.
	Zxid Zxid  `json:"zxid"`
	Size int64 `json:"size"`
	// Allocated is the space that it takes. A log is padded with 64 MiB of nothing,
	// which takes none.
	Allocated int64     `json:"allocated"`
	Modified  time.Time `json:"modified,omitzero"`
	Owner     Owner     `json:"owner"`
	// Content is looked at in every snapshot of Newest, and in the newest log.
	Content Obs[FileContent] `json:"content"`
}

// FileContent is what the first and last bytes of a snapshot or log tell.
type FileContent struct {
	// Head are the first 16 bytes, or all where there are fewer: magic, version and
	// database id (org.apache.zookeeper.server.persistence.FileHeader).
	Head []byte `json:"head"`
	// Whole: a server takes the file for one of its own. Of a log that is the
	// header, of a snapshot the end.
	Whole bool `json:"whole"`
	// First is the zxid of a log's first transaction; HasFirst is false when it has
	// none, or a damaged one.
	First    Zxid `json:"first,omitzero"`
	HasFirst bool `json:"has_first,omitempty"`
}

// EpochFile is currentEpoch or acceptedEpoch, byte for byte.
type EpochFile struct {
	// Bytes are its first line, as it is; none where it is withheld.
	Bytes []byte `json:"bytes"`
	// Withheld says what it holds in place of a number, where that is not to be shown; empty
	// otherwise.
	Withheld string `json:"withheld,omitempty"`
}

// FileHead is the length of FileHeader.
const FileHead = 16

// ParseEpoch reads an epoch file as QuorumPeer.readLongFromFile does: the first
// line, by Long.parseLong, without a trim, as with a myid.
func ParseEpoch(data []byte) (int64, error) {
	n, err := zoocfg.ParseMyID(data)
	if err != nil {
		return 0, errors.New("no number")
	}
	return n, nil
}

// zxidOfName is Util.getZxidFromName: the second part of the name, in hex.
func zxidOfName(name, kind string) (Zxid, bool) {
	parts := strings.Split(name, ".")
	if len(parts) < 2 || parts[0] != kind {
		return 0, false
	}
	zxid, err := strconv.ParseUint(parts[1], 16, 63)
	return Zxid(zxid), err == nil
}

// NewestFiles are the files of a kind ("snapshot", "log") among names, newest
// first.
func NewestFiles(names []string, kind string) []DataFile {
	var files []DataFile
	for _, name := range names {
		if zxid, ok := zxidOfName(name, kind); ok {
			files = append(files, DataFile{Name: name, Zxid: zxid})
		}
	}
	slices.SortFunc(files, func(a, b DataFile) int {
		return cmp.Or(-cmp.Compare(a.Zxid, b.Zxid), cmp.Compare(a.Name, b.Name))
	})
	return files
}

// ParseLog reads the beginning of a transaction log (FileTxnLog): the header, then
// of each transaction its Adler32, its length and itself, which begins with client
// id, cxid and zxid (TxnHeader). Padding is zeros.
func ParseLog(start []byte) FileContent {
	c := FileContent{Head: bytes.Clone(start[:min(len(start), FileHead)])}
	c.Whole = len(c.Head) == FileHead && string(c.Head[:4]) == "ZKLG"
	const before, header = FileHead + 8 + 4, 8 + 4 + 8 // up to the transaction; up to the end of its zxid
	if !c.Whole || len(start) < before+header {
		return c
	}
	sum := binary.BigEndian.Uint64(start[FileHead:])
	size := int64(int32(binary.BigEndian.Uint32(start[FileHead+8:]))) //nolint:gosec // a Java int
	txn := start[before:]
	if size < header || int64(len(txn)) >= size && uint64(adler32.Checksum(txn[:size])) != sum {
		return c
	}
	c.First, c.HasFirst = Zxid(binary.BigEndian.Uint64(txn[8+4:])), true
	return c
}

// SnapshotEnd is how a snapshot ends, after its checksum: the path "/" as jute
// writes a string (FileSnap).
var SnapshotEnd = []byte{0, 0, 0, 1, '/'}

// ParseSnapshot applies the test by which a server chooses among its snapshots
// (SnapStream.isValidSnapshot; 3.4: Util.isValidSnapshot): the end of a plain one,
// the beginning of a compressed one (3.6+).
func ParseSnapshot(name string, size int64, head, tail []byte) FileContent {
	c := FileContent{Head: bytes.Clone(head[:min(len(head), FileHead)])}
	switch {
	case strings.HasSuffix(name, ".gz"):
		c.Whole = bytes.HasPrefix(head, []byte{0x1f, 0x8b})
	case strings.HasSuffix(name, ".snappy"):
		c.Whole = bytes.HasPrefix(head, []byte("\x82SNAPPY\x00"))
	default:
		c.Whole = size >= 10 && bytes.HasSuffix(tail, SnapshotEnd)
	}
	return c
}
