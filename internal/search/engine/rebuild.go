package engine

import "fmt"

// Rebuild is a new index growing beside the old one, which serves until Commit. When the old one is empty, what is
// added can be found at once; so add the newest documents first.
type Rebuild struct {
	ix    *Index
	seq   int64
	ready []*segmentView
	live  bool
}

// NewRebuild begins a rebuild. Seq is the last change that the documents to be added contain for certain; changes
// after it must be applied again after Commit, and none before.
func (ix *Index) NewRebuild(seq int64) *Rebuild {
	return &Rebuild{ix: ix, seq: seq, live: ix.current.Load().alive() == 0}
}

// Add indexes documents: up to 65,536 at once, each id once in the whole rebuild. The more at once, the better.
func (r *Rebuild) Add(docs []Document) error {
	if len(docs) == 0 {
		return nil
	}
	if len(docs) > maxSegmentDocs {
		return fmt.Errorf("%d documents at once are too many", len(docs))
	}
	refs := make([]*Document, len(docs))
	for i := range docs {
		refs[i] = &docs[i]
	}
	v, err := r.ix.build(refs)
	if err != nil {
		return err
	}
	r.ready = append(r.ready, v)
	if r.live {
		r.publish(r.ix.Seq())
	}
	return nil
}

// Commit makes the new index the one that is searched.
func (r *Rebuild) Commit() {
	r.publish(r.seq)
	r.ix.damage.Store(nil)
}

func (r *Rebuild) publish(seq int64) {
	r.ix.write.Lock()
	defer r.ix.write.Unlock()
	r.ix.current.Store(&snapshot{segments: append([]*segmentView(nil), r.ready...), seq: seq})
}
