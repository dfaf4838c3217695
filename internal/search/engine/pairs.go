package engine

// Where two frequent words stand next to each other is noted as a signature, so that a phrase of words that most documents
// hold need not be looked for in most documents. Each pair of neighbours sets a few of many bits of its document; a phrase
// can only be where all bits of its pairs are set. The bits are stored as bitsets, one for each place in the signature, so
// that asking takes a few ANDs. Some documents have the bits by chance, about two in a hundred for a pair; looking into them
// tells (phrase.find).

const (
	pairStems  = 2048 // stems that count as frequent: those with the lowest ranks of a segment
	pairPlaces = 1536 // bits of a signature: 192 bytes a document
	pairBits   = 4    // of these, set by one pair
	pairDocs   = 64   // segments with fewer documents have no signatures
)

// placesOfPair gives the bits of two neighbours, by their ranks.
func placesOfPair(first, second uint32) [pairBits]uint32 {
	h := (uint64(first)<<32 | uint64(second)) * 0x9e3779b97f4a7c15
	h ^= h >> 29
	h *= 0xbf58476d1ce4e5b9
	h ^= h >> 32
	var places [pairBits]uint32
	for i := range places {
		places[i] = uint32(h>>(16*i)) & 0xffff % pairPlaces
	}
	return places
}

// pairWriter makes the signatures of a segment's documents, one document after the other.
type pairWriter struct {
	words  int
	places []uint64           // pairPlaces bitsets of so many words; nil when the segment has none
	block  [pairPlaces]uint64 // of the 64 documents being written: near, where the bitsets are far apart
	doc    int
	before uint32 // rank of the word before; pairStems or more when there is none to be paired with
}

func newPairWriter(docs int) *pairWriter {
	w := &pairWriter{words: wordsFor(docs), before: pairStems}
	if docs >= pairDocs {
		w.places = make([]uint64, pairPlaces*w.words)
	}
	return w
}

// add notes the next code of the document's stream.
func (w *pairWriter) add(code uint32) {
	rank := uint32(pairStems)
	if code >= streamFirst {
		rank = code - streamFirst
	}
	if rank < pairStems && w.before < pairStems {
		for _, place := range placesOfPair(w.before, rank) {
			w.block[place] |= 1 << (w.doc & 63)
		}
	}
	w.before = rank
}

// endDocument moves on to the next document.
func (w *pairWriter) endDocument() {
	w.before = pairStems
	if w.doc++; w.doc&63 == 0 {
		w.flush(w.doc>>6 - 1)
	}
}

func (w *pairWriter) flush(word int) {
	if w.places != nil {
		for place, bits := range w.block {
			w.places[place*w.words+word] = bits
		}
	}
	clear(w.block[:])
}

// end gives the section.
func (w *pairWriter) end() []byte {
	if w.doc&63 != 0 {
		w.flush(w.doc >> 6)
	}
	return bytesOf(w.places)
}

// keepPairs keeps the documents that may hold words next to each other, given by their ranks.
func (s *segment) keepPairs(found bitset, ranks []uint32) {
	if len(s.pairs) == 0 {
		return
	}
	words := wordsFor(s.docs)
	for i := 1; i < len(ranks); i++ {
		if ranks[i-1] >= pairStems || ranks[i] >= pairStems {
			continue
		}
		for _, place := range placesOfPair(ranks[i-1], ranks[i]) {
			found.and(s.pairs[int(place)*words:][:words])
		}
	}
}
