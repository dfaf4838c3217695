package engine

import "bytes"

// The token stream keeps a document's words in their order, for phrases. Each word is the rank of its stem by
// frequency in the segment, as a varint; so a phrase is a string of bytes, and looking for it in a document is
// bytes.Index, at some tens of nanoseconds. The fields follow each other: title, skills, company, facts, body.
const (
	streamField = 0 // ends a field
	streamGap   = 1 // a phrase does not run across
	streamFirst = 2 // rank 0
)

func appendCode(out []byte, code uint32) []byte {
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

// phraseCode gives the bytes of a phrase, nil for none.
func phraseCode(ranks []uint32) []byte {
	var code []byte
	for _, rank := range ranks {
		code = appendCode(code, rank+streamFirst)
	}
	return code
}

// findPhrase looks for a phrase in one field of the stream, or with FieldAny in all; then it gives the first field
// that holds it, which is the best.
func findPhrase(stream, phrase []byte, in Field) (Field, bool) {
	if in < FieldAny {
		stream = fieldOfStream(stream, in)
	}
	for from := 0; ; {
		i := bytes.Index(stream[from:], phrase)
		if i < 0 {
			return 0, false
		}
		i += from
		// the byte before must end a varint, else the match starts inside one
		if i == 0 || stream[i-1] < 0x80 {
			if in < FieldAny {
				return in, true
			}
			return streamFieldAt(stream, i), true
		}
		from = i + 1
	}
}

func fieldOfStream(stream []byte, f Field) []byte {
	for range f {
		stream = stream[bytes.IndexByte(stream, streamField)+1:]
	}
	if end := bytes.IndexByte(stream, streamField); end >= 0 {
		return stream[:end]
	}
	return stream
}

// streamFieldAt tells the field that a place in the stream belongs to. No varint holds a zero byte, so every
// zero before it ends a field.
func streamFieldAt(stream []byte, at int) Field {
	if ended := bytes.Count(stream[:at], []byte{streamField}); ended <= int(FieldFacts) {
		return Field(ended)
	}
	return FieldAny
}
