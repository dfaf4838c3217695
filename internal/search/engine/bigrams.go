package engine

// Where two frequent words stand next to each other is noted as a signature, so that a phrase of words that most documents
// hold need not be looked for in most documents. Each pair of neighbours sets a few of many bits of its document; a phrase
// can only be where all bits of its pairs are set. The bits are stored as bitsets, one for each place in the signature, so
// that asking takes a few ANDs. Some documents have the bits by chance, about two in a hundred for a pair; looking into them
// tells (phrase.find).

const (
	bigramStems   = 2048 // stems that count as frequent: those with the lowest ranks of a segment
	signatureBits = 1536 // bits of a signature: 192 bytes a document
	bitsPerBigram = 4    // of these, set by one pair
	minBigramDocs = 64   // segments with fewer documents have no signatures
)

// placesOfPair gives the bits of two neighbours, by their ranks.
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

// pairWriter makes the signatures of a segment's documents, one document after the other.
type bigramWriter struct {
	words      int
	signatures []uint64              // pairPlaces bitsets of so many words; nil when the segment has none
	block      [signatureBits]uint64 // of the 64 documents being written: near, where the bitsets are far apart
	doc        int
	before     uint32 // rank of the word before; pairStems or more when there is none to be paired with
}

func newBigramWriter(docs int) *bigramWriter {
	w := &bigramWriter{words: wordsFor(docs), before: bigramStems}
	if docs >= minBigramDocs {
		w.signatures = make([]uint64, signatureBits*w.words)
	}
	return w
}

// add notes the next code of the document's stream.
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

// end gives the section.
func (w *bigramWriter) end() []byte {
	if w.doc&63 != 0 {
		w.flush(w.doc >> 6)
	}
	return bytesOf(w.signatures)
}

// keepPairs keeps the documents that may hold words next to each other, given by their ranks.
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
