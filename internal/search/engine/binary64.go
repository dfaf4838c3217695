package engine

import "math/bits"

// weightBits is the size of the numbers of binary64.
const weightBits = 8

// binary64 has a number for each of 64 documents: bit n of an element is a digit of that of document n. All are added to and compared
// at once.
type binary64 [weightBits]uint64

// add adds n to the numbers of some documents.
func (b *binary64) add(docs uint64, n int) {
	carry := uint64(0)
	for digit := bits.TrailingZeros(uint(n)); digit < weightBits; digit++ {
		addend := docs & -uint64(n>>digit&1)
		if carry|addend == 0 && n>>digit == 0 {
			return
		}
		old := b[digit]
		b[digit] = old ^ addend ^ carry
		carry = old&addend | carry&(old^addend)
	}
}

// atLeast returns the documents whose number is at least n.
func (b *binary64) atLeast(n int) uint64 {
	more, equal := uint64(0), ^uint64(0)
	for digit := weightBits - 1; digit >= 0; digit-- {
		if is := b[digit]; n>>digit&1 == 0 {
			more |= equal & is
			equal &^= is
		} else {
			equal &= is
		}
	}
	return more | equal
}
