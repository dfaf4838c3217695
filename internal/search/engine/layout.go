package engine

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"unsafe"
)

// A segment is one run of bytes, the same in memory and in a file: a header, a table of sections, then the sections. Every
// section is plain bytes or an array of numbers of one width, and starts at a multiple of 8, so that it is used in place,
// without decoding. Numbers are in native byte order: the files are a cache, and a file from another kind of machine fails
// the check of the magic number and is rebuilt.

// formatVersion changes with the layout, with the analysis of texts into words, and with the values that documents are given.
const formatVersion = 7

const (
	magic        = uint64(0x4a4f42_53454731) // "JOBSEG1"
	headerBytes  = 32
	checksumAt   = headerBytes - 4
	sectionBytes = 16
)

type section int

const (
	secTerms section = iota // term dictionary: sorted, folded words
	secTermsAt
	secTermFirst // first posting list of each term
	secTermMask  // the fields for which the term has a list
	secTermStem
	secTermLetters // letter signature of each term: see spelling.go
	secStems       // sorted
	secStemsAt
	secStemTermsAt // the terms of each stem
	secStemTerms
	secStemRank // rank by frequency, which the positions use
	secRankStem
	secValues // sorted filter values, "field 0x1f value"
	secValuesAt
	secValueFirst // first posting list of the values, which have one each
	secListCount
	secListRef // the document, or an offset into sparse or dense lists
	secArrays
	secBitmaps
	secColumns
	secTitleWords
	secPointsAt
	secPoints
	secIDs
	secIDsAt
	secIDOrder
	secTitles
	secTitlesAt
	secCompanies
	secCompaniesAt
	secPositions
	secPositionsAt
	secBigrams
	sectionCount
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var (
	errBadFile = errors.New("corrupted")
	errFormat  = errors.New("written in another format")
)

// numbers constrains the element types of sections.
type numbers interface {
	uint8 | uint16 | uint32 | uint64 | float64
}

// bytesOf returns the bytes of an array of numbers, without copying.
func bytesOf[T numbers](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*int(unsafe.Sizeof(s[0])))
}

// viewOf returns bytes as an array of numbers, without copying; b must be aligned.
func viewOf[T numbers](b []byte) []T {
	var zero T
	n := len(b) / int(unsafe.Sizeof(zero))
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&b[0])), n)
}

func align8(n int) int { return (n + 7) &^ 7 }

// encode joins the sections to one run of bytes, aligned to 8.
func encode(docs int, sections *[sectionCount][]byte) []byte {
	size := headerBytes + sectionBytes*int(sectionCount)
	for _, s := range sections {
		size += align8(len(s))
	}
	out := bytesOf(make([]uint64, size/8))
	at := headerBytes + sectionBytes*int(sectionCount)
	order := binary.NativeEndian
	for i, s := range sections {
		head := out[headerBytes+sectionBytes*i:]
		order.PutUint64(head, uint64(at))
		order.PutUint64(head[8:], uint64(len(s)))
		copy(out[at:], s)
		at += align8(len(s))
	}
	order.PutUint64(out, magic)
	order.PutUint32(out[8:], formatVersion)
	order.PutUint32(out[12:], uint32(docs))
	order.PutUint64(out[16:], uint64(size))
	order.PutUint32(out[checksumAt:], checksum(out))
	return out
}

// checksum covers all bytes except its own four.
func checksum(b []byte) uint32 {
	return crc32.Update(crc32.Checksum(b[:checksumAt], castagnoli), castagnoli, b[headerBytes:])
}

// decode returns the sections of a segment. With verify it also compares the checksum, which reads all bytes.
func decode(b []byte, verify bool) (docs int, sections [sectionCount][]byte, err error) {
	order := binary.NativeEndian
	if len(b) < headerBytes+sectionBytes*int(sectionCount) {
		return 0, sections, fmt.Errorf("%w: only %d bytes", errBadFile, len(b))
	}
	if order.Uint64(b) != magic || order.Uint32(b[8:]) != formatVersion {
		return 0, sections, errFormat
	}
	if order.Uint64(b[16:]) != uint64(len(b)) {
		return 0, sections, fmt.Errorf("%w: wrong length", errBadFile)
	}
	if verify && order.Uint32(b[checksumAt:]) != checksum(b) {
		return 0, sections, fmt.Errorf("%w: checksum mismatch", errBadFile)
	}
	for i := range sections {
		head := b[headerBytes+sectionBytes*i:]
		at, n := order.Uint64(head), order.Uint64(head[8:])
		if at > uint64(len(b)) || n > uint64(len(b))-at || at%8 != 0 {
			return 0, sections, fmt.Errorf("%w: section %d is out of bounds", errBadFile, i)
		}
		sections[i] = b[at : at+n : at+n]
	}
	return int(order.Uint32(b[12:])), sections, nil
}

// table is a list of strings stored one after the other.
type table struct {
	data []byte
	at   []uint32 // where each string starts, and the end of the last
}

func (t table) len() int { return max(0, len(t.at)-1) }

func (t table) bytes(i int) []byte { return t.data[t.at[i]:t.at[i+1]] }

// get returns a view into the segment: clone it if it must outlive the search.
func (t table) get(i int) string {
	b := t.bytes(i)
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// from returns the first index in a sorted table whose string is not less than key.
func (t table) from(key string) int {
	lo, hi := 0, t.len()
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if t.get(mid) < key {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

func (t table) find(key string) (int, bool) {
	i := t.from(key)
	return i, i < t.len() && t.get(i) == key
}

// withPrefix returns the range [from, to) of strings in a sorted table that begin with prefix.
func (t table) withPrefix(prefix string) (from, to int) {
	from = t.from(prefix)
	to = from
	lo, hi := from, t.len()
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if bytes.HasPrefix(t.bytes(mid), []byte(prefix)) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	to = lo
	return from, to
}

// tableOf returns the two sections of a table.
func tableOf(list []string) (data, at []byte) {
	size := 0
	for _, s := range list {
		size += len(s)
	}
	data = make([]byte, 0, size)
	starts := make([]uint32, 0, len(list)+1)
	for _, s := range list {
		starts = append(starts, uint32(len(data)))
		data = append(data, s...)
	}
	return data, bytesOf(append(starts, uint32(len(data))))
}
