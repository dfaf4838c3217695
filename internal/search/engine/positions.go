package engine

import "bytes"

// The token stream keeps a document's words in their order, for phrases. Each word is the rank of its stem by
// frequency in the segment, as a varint; so a phrase is a string of bytes, and looking for it in a document takes
// some tens of nanoseconds. The fields follow each other: title, skills, company, facts, body.
const (
	codeFieldEnd  = 0 // ends a field
	codeGap       = 1 // a phrase does not run across
	codeFirstRank = 2 // rank 0
)

func appendVarint(out []byte, code uint32) []byte {
	for code >= 0x80 {
		out = append(out, byte(code)|0x80)
		code >>= 7
	}
	return append(out, byte(code))
}

// ranksOf gives the ranks of stems, nil when the segment lacks one of them.
func (s *segment) ranksOf(stems []string) []uint32 {
	ranks := make([]uint32, len(stems))
	for n, stem := range stems {
		i, ok := s.stems.find(stem)
		if !ok {
			return nil
		}
		ranks[n] = s.stemRank[i]
	}
	return ranks
}

// phrase is words that follow each other, as the bytes that they are in a stream.
type phrase struct {
	code   []byte // empty for none
	anchor int    // where in code its rarest word begins, which is the byte that is met least by chance
}

func phraseOf(ranks []uint32) phrase {
	var p phrase
	most := uint32(0)
	for _, rank := range ranks {
		if rank >= most {
			p.anchor, most = len(p.code), rank
		}
		p.code = appendVarint(p.code, rank+codeFirstRank)
	}
	return p
}

// find looks for the phrase in one field of the stream, or with FieldAny in all; then it gives the first field that holds
// it, which is the best.
func (p phrase) find(stream []byte, in Field) (Field, bool) {
	if in < FieldAny {
		stream = fieldPositions(stream, in)
	}
	for from := p.anchor; from < len(stream); {
		at := bytes.IndexByte(stream[from:], p.code[p.anchor])
		if at < 0 {
			return 0, false
		}
		from += at + 1
		i := from - 1 - p.anchor
		// the byte before must end a varint, else the match starts inside one
		if bytes.HasPrefix(stream[i:], p.code) && (i == 0 || stream[i-1] < 0x80) {
			if in < FieldAny {
				return in, true
			}
			return fieldAt(stream, i), true
		}
	}
	return 0, false
}

func fieldPositions(stream []byte, f Field) []byte {
	for range f {
		stream = stream[bytes.IndexByte(stream, codeFieldEnd)+1:]
	}
	if end := bytes.IndexByte(stream, codeFieldEnd); end >= 0 {
		return stream[:end]
	}
	return stream
}

// streamFieldAt tells the field that a place in the stream belongs to. No varint holds a zero byte, so every
// zero before it ends a field.
func fieldAt(stream []byte, at int) Field {
	if ended := bytes.Count(stream[:at], []byte{codeFieldEnd}); ended <= int(FieldKeywords) {
		return Field(ended)
	}
	return FieldAny
}
