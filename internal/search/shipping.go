package search

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/background"
	"jobboard/internal/bucket"
	"jobboard/internal/leadership"
	"jobboard/internal/search/engine"
)

// In a cluster the leader puts its saved index into the bucket, so that a new node need not build one. A segment file is an object that is
// never changed, named by its checksum. A manifest names the files of one saved index; it is created last, and nothing overwrites it.
const (
	shippedFolder   = ".board/index/"
	manifestsFolder = "manifests/"
	segmentsFolder  = "segments/"
)

// A new manifest is due after shipInterval if most of its files are in the bucket already, as they are while the same node leads. If
// not, as after a takeover, the previous manifest is kept for longer: a new node then applies more of the log, which is kept for a day.
const (
	shipCheck    = 5 * time.Minute
	shipInterval = time.Hour
	shipAnyway   = 12 * time.Hour
	shippedMost  = 4 // most means that at most one byte in so many is missing
)

// Files and manifests are deleted when they have been unused for that long, since a node may be reading them. Those of other formats may
// belong to nodes with another version.
const (
	shippedGrace = 6 * time.Hour
	formatGrace  = 7 * 24 * time.Hour
)

// uploadRest is how many times longer than an upload took the next one waits.
const uploadRest = 3

// shipped is a manifest in the bucket.
type shipped struct {
	Origin    origin             `json:"origin"`
	Documents int                `json:"documents"`
	Files     []engine.SavedFile `json:"files"`
	Manifest  []byte             `json:"manifest"` // the engine's, with a checksum of its own
}

// shelf is where the bucket has the indexes of one kind and format.
type shelf struct {
	bucket       *bucket.Bucket
	kind, format string
}

func (s shelf) segment(file engine.SavedFile) string { return s.format + segmentsFolder + file.Sum }

// manifestKey returns the key of a manifest: its place in the log, and a hash. Two with the same key have the same contents.
func (s shelf) manifestKey(seq int64, manifest []byte) string {
	return fmt.Sprintf("%s%x.json", s.manifestsAt(seq), sha256.Sum256(manifest))
}

// manifestsAt returns the prefix of the keys of manifests with a place in the log.
func (s shelf) manifestsAt(seq int64) string {
	return fmt.Sprintf("%s%s%020d-", s.format, manifestsFolder, seq)
}

// shelfOf returns the shelf of an index; ok is false without a cluster.
func shelfOf(app core.App, kind *Kind) (s shelf, ok bool, err error) {
	b, ok := app.Store().Get(bucketKey).(*bucket.Bucket)
	if !ok || !leadership.Clustered(app) {
		return shelf{}, false, nil
	}
	shared, err := sharedAnalyzerOf(app)
	if err != nil {
		return shelf{}, false, err
	}
	s = shelf{bucket: b, kind: shippedFolder + kind.table + "/"}
	s.format = s.kind + engine.Format(shared.analyzer) + "/"
	return s, true, nil
}

// content is what there is on a shelf.
type content struct {
	manifests []bucket.Object // the latest last
	segments  map[string]bucket.Object
	others    []bucket.Object // of other formats
}

// has reports whether a file is there, complete.
func (c content) has(key string, file engine.SavedFile) bool {
	object, there := c.segments[key]
	return there && object.Size == file.Size
}

func (s shelf) content(ctx context.Context) (content, error) {
	c := content{segments: map[string]bucket.Object{}}
	for object, err := range s.bucket.List(ctx, s.kind, "") {
		switch {
		case err != nil:
			return content{}, err
		case strings.HasPrefix(object.Key, s.format+manifestsFolder):
			c.manifests = append(c.manifests, object)
		case strings.HasPrefix(object.Key, s.format):
			c.segments[object.Key] = object
		default:
			c.others = append(c.others, object)
		}
	}
	slices.SortStableFunc(c.manifests, func(x, y bucket.Object) int { return x.Modified.Compare(y.Modified) })
	return c, nil
}

// read reads a manifest.
func (s shelf) read(ctx context.Context, key string) (shipped, error) {
	var m shipped
	raw, _, err := s.bucket.Get(ctx, key)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("read %s: %w", key, err)
	}
	return m, nil
}

// newShippingLoop returns the loop that ships the indexes, on the leader.
func newShippingLoop() *background.Loop {
	return background.NewLoop("ship the search indexes", background.Options{Interval: shipCheck},
		func(ctx context.Context, app core.App) (more bool, err error) {
			var failed []error
			for _, kind := range Kinds() {
				if ix := opened(app, kind); ix != nil && ix.owner.Load() {
					if err := ix.ship(ctx, time.Now()); err != nil {
						failed = append(failed, fmt.Errorf("ship the search index of %s: %w", kind.table, err))
					}
				}
			}
			return false, errors.Join(failed...)
		})
}

// ship puts the saved index into the bucket if it is time for that, and deletes what no manifest names any more.
func (ix *Index) ship(ctx context.Context, now time.Time) error {
	s, ok, err := shelfOf(ix.app, ix.kind)
	if err != nil || !ok || !leadership.Leading(ix.app) || ix.engine.RebuildReason() != nil {
		return err
	}
	saved, err := ix.engine.Saved()
	if err != nil {
		return err
	}
	defer saved.Release()
	if saved.Documents <= smallIndexRecords {
		return nil // building it takes only a moment
	}
	before, err := s.content(ctx)
	if err != nil || !ix.isShippingDue(s, before, saved, now) {
		return err
	}
	// What the index contains must not be undone by a failover. Afterwards its place in the log is certain, too.
	if err := leadership.Await(ctx, ix.app); err != nil || ix.isDoubtful() {
		return err
	}
	o, err := originOf(ix.app, ix.kind, saved.Seq)
	if err != nil || o.Entries == "" {
		return err
	}
	began := time.Now()
	uploaded, err := s.upload(ctx, saved, before)
	if err != nil {
		return err
	}
	after, err := s.content(ctx)
	if err != nil {
		return err
	}
	for _, file := range saved.Files {
		if !after.has(s.segment(file), file) {
			return fmt.Errorf("the file %s was deleted meanwhile", s.segment(file))
		}
	}
	m := shipped{Origin: o, Documents: saved.Documents, Files: saved.Files, Manifest: saved.Manifest}
	raw, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode the manifest: %w", err)
	}
	key := s.manifestKey(o.Seq, raw)
	if _, err := s.bucket.Create(ctx, key, raw, nil); err != nil && !errors.Is(err, bucket.ErrExists) {
		return err
	}
	ix.rebuilt.Store(false)
	ix.log().Info("The search index is in the bucket.", "documents", m.Documents, "seq", o.Seq, "bytes", uploaded, "seconds",
		time.Since(began).Seconds())
	return s.clean(ctx, after, key, m, now)
}

// isShippingDue reports whether the saved index should be shipped, given what the bucket has.
func (ix *Index) isShippingDue(s shelf, has content, saved *engine.Saved, now time.Time) bool {
	if len(has.manifests) == 0 {
		return true
	}
	latest := has.manifests[len(has.manifests)-1]
	if ix.rebuilt.Load() {
		return true
	}
	if strings.HasPrefix(latest.Key, s.manifestsAt(saved.Seq)) {
		return false
	}
	var all, missing int64
	for _, file := range saved.Files {
		all += file.Size
		if !has.has(s.segment(file), file) {
			missing += file.Size
		}
	}
	age := now.Sub(latest.Modified)
	return age >= shipAnyway || age >= shipInterval && missing*shippedMost <= all
}

// upload uploads the files that are not in the bucket, one after the other, and returns how many bytes they had.
func (s shelf) upload(ctx context.Context, saved *engine.Saved, there content) (bytes int64, err error) {
	for _, file := range saved.Files {
		if there.has(s.segment(file), file) {
			continue
		}
		began := time.Now()
		content, err := saved.Open(file)
		if err != nil {
			return bytes, err
		}
		if err := errors.Join(s.bucket.Upload(ctx, s.segment(file), content, nil), content.Close()); err != nil {
			return bytes, err
		}
		bytes += file.Size
		select {
		case <-ctx.Done():
			return bytes, ctx.Err()
		case <-time.After(uploadRest * time.Since(began)):
		}
	}
	return bytes, nil
}

// clean deletes what has been unused for a while, given what was on the shelf before the newest manifest was created.
func (s shelf) clean(ctx context.Context, has content, newestKey string, newest shipped, now time.Time) error {
	var unused []string
	named := map[string]bool{}
	name := func(m shipped) {
		for _, file := range m.Files {
			named[s.segment(file)] = true
		}
	}
	name(newest)
	for i, object := range has.manifests {
		superseded := now
		if i+1 < len(has.manifests) {
			superseded = has.manifests[i+1].Modified
		}
		if now.Sub(superseded) > shippedGrace && object.Key != newestKey {
			unused = append(unused, object.Key)
			continue
		}
		m, err := s.read(ctx, object.Key)
		if err != nil {
			return err
		}
		name(m)
	}
	for key, object := range has.segments {
		if !named[key] && now.Sub(object.Modified) > shippedGrace {
			unused = append(unused, key)
		}
	}
	for _, object := range has.others {
		if now.Sub(object.Modified) > formatGrace {
			unused = append(unused, object.Key)
		}
	}
	if len(unused) == 0 {
		return nil
	}
	return s.bucket.Delete(ctx, unused...)
}
