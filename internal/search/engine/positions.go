package engine

import "bytes"

// The positions of a document are its words in order, for verifying phrases. Each word is the frequency rank of its stem in
// the segment, as a varint, so a phrase is a string of bytes, and finding it in a document takes some tens of nanoseconds.
// The fields follow each other: title, skills, company, keywords, body.
const (
	codeFieldEnd  = 0 // ends a field
	codeGap       = 1 // phrases do not match across it
	codeFirstRank = 2 // the code of rank 0
)

func appendVarint(out []byte, code uint32) []byte {
	for code >= 0x80 {
		out = append(out, byte(code)|0x80)
		code >>= 7
	}
	return append(out, byte(code))
}

// ranksOf returns the frequency ranks of stems, or nil when the segment lacks one of them.
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

// phrase is a sequence of words, encoded as in the positions.
type phrase struct {
	code   []byte // empty: no phrase
	anchor int    // where its rarest word begins in code: the byte least likely to match by chance
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

// find looks for the phrase in one field of a document's positions, or in all of them for FieldAny. It returns the first
// field that holds it, which has the highest weight.
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
		// the byte before must end a varint, or the match starts inside one
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

// fieldAt returns the field of a position. No varint contains a zero byte, so every zero before it ends a field.
func fieldAt(stream []byte, at int) Field {
	if ended := bytes.Count(stream[:at], []byte{codeFieldEnd}); ended <= int(FieldKeywords) {
		return Field(ended)
	}
	return FieldAny
}
