package gazetteer

import (
	"slices"
	"sort"
	"strings"
	"unsafe"
)

// keyTable maps folded names to one or more numbers each. It is sorted, so that it finds prefixes too, and has no pointers per
// entry: a map of the same names takes five times the memory.
type keyTable struct {
	text string   // all keys, one after another
	ends []uint32 // where each key ends in text
	refs []uint32
}

func (t *keyTable) key(i int) string {
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.text[start:t.ends[i]]
}

// find returns the numbers of a key.
func (t *keyTable) find(key string) []uint32 {
	if key == "" {
		return nil
	}
	lo := sort.Search(len(t.ends), func(i int) bool { return t.key(i) >= key })
	hi := lo
	for hi < len(t.ends) && t.key(hi) == key {
		hi++
	}
	return t.refs[lo:hi]
}

// hasPrefix reports whether a key begins with prefix.
func (t *keyTable) hasPrefix(prefix string) bool {
	i := sort.Search(len(t.ends), func(i int) bool { return t.key(i) >= prefix })
	return i < len(t.ends) && strings.HasPrefix(t.key(i), prefix)
}

// findPrefix returns the numbers of all keys that begin with prefix.
func (t *keyTable) findPrefix(prefix string) []uint32 {
	lo := sort.Search(len(t.ends), func(i int) bool { return t.key(i) >= prefix })
	hi := lo + sort.Search(len(t.ends)-lo, func(i int) bool { return !strings.HasPrefix(t.key(lo+i), prefix) })
	return t.refs[lo:hi]
}

// keyTableBuilder collects the entries of a keyTable in any order.
type keyTableBuilder struct {
	text    []byte
	entries []keyEntry
}

type keyEntry struct{ start, end, ref uint32 }

func (b *keyTableBuilder) add(name string, ref uint32) {
	start := len(b.text)
	b.text = appendFold(b.text, name)
	if len(b.text) > start {
		b.entries = append(b.entries, keyEntry{uint32(start), uint32(len(b.text)), ref})
	}
}

func (b *keyTableBuilder) build() keyTable {
	all := unsafe.String(unsafe.SliceData(b.text), len(b.text)) // b.text grows no more
	slices.SortFunc(b.entries, func(x, y keyEntry) int {
		if c := strings.Compare(all[x.start:x.end], all[y.start:y.end]); c != 0 {
			return c
		}
		return int(x.ref) - int(y.ref)
	})
	t := keyTable{ends: make([]uint32, 0, len(b.entries)), refs: make([]uint32, 0, len(b.entries))}
	var text strings.Builder
	text.Grow(len(b.text))
	var last keyEntry
	for i, e := range b.entries {
		if i > 0 && e.ref == last.ref && all[e.start:e.end] == all[last.start:last.end] {
			continue
		}
		last = e
		text.WriteString(all[e.start:e.end])
		t.ends = append(t.ends, uint32(text.Len()))
		t.refs = append(t.refs, e.ref)
	}
	t.text = text.String()
	return t
}
