package engine

// Bigrams of frequent stems are stored as Bloom-filter signatures, so that a phrase of common words need not be verified in
// most documents. Each bigram sets a few of the many bits of its document's signature, and a phrase can only be in documents
// that have all the bits of its bigrams. The bits are stored bit-sliced, one bitset over the documents for each bit of the
// signature, so that a lookup takes a few ANDs. About two documents in a hundred have the bits of a bigram by chance;
// phrase.find rules them out.

const (
	bigramStems   = 2048 // the stems with the lowest ranks of a segment, which count as frequent
	signatureBits = 1536 // 192 bytes a document
	bitsPerBigram = 4    // how many bits of the signature one bigram sets
	minBigramDocs = 64   // segments with fewer documents have no signatures
)

// bitsOfBigram returns the signature bits of two neighbouring stems, given their ranks.
func bitsOfBigram(first, second uint32) [bitsPerBigram]uint32 {
	h := (uint64(first)<<32 | uint64(second)) * 0x9e3779b97f4a7c15
	h ^= h >> 29
	h *= 0xbf58476d1ce4e5b9
	h ^= h >> 32
	var places [bitsPerBigram]uint32
	for i := range places {
		places[i] = uint32(h>>(16*i)) & 0xffff % signatureBits
	}
	return places
}

// bigramWriter builds the signatures of a segment's documents, one document after the other.
type bigramWriter struct {
	words      int
	signatures []uint64 // signatureBits bitsets of that many words each; nil when the segment has none
	// signatures of the 64 documents being written, kept together because the bitsets are far apart in memory
	block  [signatureBits]uint64
	doc    int
	before uint32 // rank of the previous stem; bigramStems or more when it cannot form a bigram
}

func newBigramWriter(docs int) *bigramWriter {
	w := &bigramWriter{words: wordsFor(docs), before: bigramStems}
	if docs >= minBigramDocs {
		w.signatures = make([]uint64, signatureBits*w.words)
	}
	return w
}

// add takes the next code of the document's positions.
func (w *bigramWriter) add(code uint32) {
	rank := uint32(bigramStems)
	if code >= codeFirstRank {
		rank = code - codeFirstRank
	}
	if rank < bigramStems && w.before < bigramStems {
		for _, place := range bitsOfBigram(w.before, rank) {
			w.block[place] |= 1 << (w.doc & 63)
		}
	}
	w.before = rank
}

// endDocument moves on to the next document.
func (w *bigramWriter) endDocument() {
	w.before = bigramStems
	if w.doc++; w.doc&63 == 0 {
		w.flush(w.doc>>6 - 1)
	}
}

func (w *bigramWriter) flush(word int) {
	if w.signatures != nil {
		for place, bits := range w.block {
			w.signatures[place*w.words+word] = bits
		}
	}
	clear(w.block[:])
}

// end returns the section's bytes.
func (w *bigramWriter) end() []byte {
	if w.doc&63 != 0 {
		w.flush(w.doc >> 6)
	}
	return bytesOf(w.signatures)
}

// filterBigrams keeps the documents that may hold the stems of these ranks next to each other.
func (s *segment) filterBigrams(found bitset, ranks []uint32) {
	if len(s.bigrams) == 0 {
		return
	}
	words := wordsFor(s.docs)
	for i := 1; i < len(ranks); i++ {
		if ranks[i-1] >= bigramStems || ranks[i] >= bigramStems {
			continue
		}
		for _, place := range bitsOfBigram(ranks[i-1], ranks[i]) {
			found.and(s.bigrams[int(place)*words:][:words])
		}
	}
}
