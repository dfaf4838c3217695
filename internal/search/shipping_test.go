package search

import (
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/bucket"
	"jobboard/internal/bucket/buckettest"
	"jobboard/internal/search/engine"
	"jobboard/internal/testapp"
)

// clusterBoard is a board of a cluster, whose indexes count as large.
type clusterBoard struct {
	*testapp.Board
	node   *testapp.Node
	bucket *bucket.Bucket
	kind   *Kind
	builds atomic.Int32 // how often records were read to build the index
}

func newClusterBoard(t *testing.T) *clusterBoard {
	t.Helper()
	before := smallIndexRecords
	smallIndexRecords = 5
	t.Cleanup(func() { smallIndexRecords = before })
	b := &clusterBoard{bucket: buckettest.Open(t)}
	join := func(app core.App) { b.node = testapp.Join(app, true) }
	b.Board = testapp.NewBoard(t, slugs, join, testapp.With(Bind, Options{Bucket: b.bucket.Settings()}))
	kind := *Jobs
	kind.read = func(query *dbx.Query) ([]engine.Document, error) {
		if strings.Contains(query.SQL(), "BETWEEN") {
			b.builds.Add(1)
		}
		return Jobs.read(query)
	}
	b.kind = &kind
	return b
}

func (b *clusterBoard) execute(t *testing.T, sql string) {
	t.Helper()
	if _, err := b.NonconcurrentDB().NewQuery(sql).Execute(); err != nil {
		t.Fatal(err)
	}
}

// open opens the index, and waits until it is complete.
func (b *clusterBoard) open(t *testing.T) *Index {
	t.Helper()
	ix := indexOf(t, b.Board, b.kind)
	eventually(t, "the index", func() bool {
		last, err := ix.lastSeq()
		return err == nil && ix.engine.RebuildReason() == nil && ix.engine.Seq() == last
	})
	return ix
}

// save saves the index and ships it at a time.
func (b *clusterBoard) save(t *testing.T, ix *Index, now time.Time) {
	t.Helper()
	if _, err := ix.engine.Checkpoint(); err != nil {
		t.Fatal(err)
	}
	if err := ix.ship(t.Context(), now); err != nil {
		t.Fatal(err)
	}
}

// keys returns the keys of the objects in the bucket that have a part.
func (b *clusterBoard) keys(t *testing.T, part string) (keys []string) {
	t.Helper()
	for object, err := range b.bucket.List(t.Context(), "", "") {
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(object.Key, part) {
			keys = append(keys, object.Key)
		}
	}
	return keys
}

// results returns what some searches find.
func results(t *testing.T, ix *Index) (list []engine.Result) {
	t.Helper()
	for _, words := range []string{"", "baker", "smith", "baker bread"} {
		r, err := ix.Search(engine.Query{Words: engine.Parse(ix.Analyzer(), words), Scope: engine.Everything(), Limit: 100,
			Facets: []string{"status", "employer"}, Now: time.Unix(2e9, 0)})
		if err != nil {
			t.Fatal(err)
		}
		r.Took = 0
		list = append(list, r)
	}
	return list
}

func (b *clusterBoard) fill(t *testing.T) *Index {
	t.Helper()
	acme, _ := b.Employer("Acme")
	for range 12 {
		b.Job(acme, "Baker")
	}
	ix := b.open(t)
	b.save(t, ix, time.Now())
	if manifests := b.keys(t, manifestsFolder); len(manifests) != 1 {
		t.Fatalf("%d manifests in the bucket: %v", len(manifests), manifests)
	}
	return ix
}

// removeIndex closes the index and deletes its folder: so it is on a new node with a copy of the database.
func (b *clusterBoard) removeIndex(t *testing.T, ix *Index) {
	t.Helper()
	ix.close()
	if err := os.RemoveAll(folder(b.TestApp, b.kind)); err != nil {
		t.Fatal(err)
	}
	b.builds.Store(0)
}

func TestANewNodeTakesTheIndexFromTheBucket(t *testing.T) {
	b := newClusterBoard(t)
	ix := b.fill(t)
	b.save(t, ix, time.Now()) // the same once more
	if manifests := b.keys(t, manifestsFolder); len(manifests) != 1 {
		t.Errorf("the same index is shipped twice: %v", manifests)
	}
	// what happens later is in the log
	ids := found(t, ix, "baker")
	smith := b.Reload(b.Job(b.anEmployer(t), "Smith"))
	b.Update(b.job(t, ids[0]), map[string]any{"title": "Smith"})
	eventually(t, "the changes", func() bool { return len(found(t, ix, "smith")) == 2 })
	want := results(t, ix)
	b.removeIndex(t, ix)
	b.node.Lead(false)

	ix = b.open(t)
	if got := results(t, ix); !reflect.DeepEqual(got, want) {
		t.Errorf("found %+v, want %+v", got, want)
	}
	if n := b.builds.Load(); n != 0 {
		t.Errorf("the index was built all the same, in %d parts", n)
	}
	if !slices.Contains(found(t, ix, "smith"), smith.Id) {
		t.Error("a later job is missing")
	}
}

// anEmployer returns the employer of the first job.
func (b *clusterBoard) anEmployer(t *testing.T) *core.Record {
	t.Helper()
	one, err := b.FindFirstRecordByFilter("employers", "name = 'Acme'")
	if err != nil {
		t.Fatal(err)
	}
	return one
}

func (b *clusterBoard) job(t *testing.T, id string) *core.Record {
	t.Helper()
	one, err := b.FindRecordById("jobs", id)
	if err != nil {
		t.Fatal(err)
	}
	return one
}

// Whatever is wrong with what the bucket has, the node builds its index.
func TestFaultyIndexesInTheBucketAreNotUsed(t *testing.T) {
	b := newClusterBoard(t)
	ix := b.fill(t)
	saved := map[string][]byte{}
	for _, key := range b.keys(t, "") {
		var err error
		if saved[key], _, err = b.bucket.Get(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	put := func(part string, change func(data []byte) []byte) func(*testing.T) {
		return func(t *testing.T) {
			for _, key := range b.keys(t, part) {
				if err := b.bucket.Put(t.Context(), key, change(slices.Clone(saved[key]))); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	sql := func(list ...string) func(*testing.T) {
		return func(t *testing.T) {
			for _, one := range list {
				b.execute(t, one)
			}
		}
	}
	want := results(t, ix)
	const last = "(SELECT seq FROM sqlite_sequence WHERE name = 'search_log')"
	for _, c := range []struct {
		name  string
		spoil func(*testing.T)
	}{
		{"missing file", func(t *testing.T) {
			if err := b.bucket.Delete(t.Context(), b.keys(t, segmentsFolder)...); err != nil {
				t.Fatal(err)
			}
		}},
		{"flipped bit", put(segmentsFolder, func(data []byte) []byte { data[len(data)/2] ^= 4; return data })},
		{"cut file", put(segmentsFolder, func(data []byte) []byte { return data[:len(data)/2] })},
		{"longer file", put(segmentsFolder, func(data []byte) []byte { return append(data, 0) })},
		{"garbage instead of a manifest", put(manifestsFolder, func([]byte) []byte { return []byte("garbage") })},
		{"damaged manifest", put(manifestsFolder, func(data []byte) []byte {
			return []byte(strings.Replace(string(data), `"manifest":"`, `"manifest":"AAAA`, 1))
		})},
		{"manifest that leads out of the folder", put(manifestsFolder, func(data []byte) []byte {
			return []byte(strings.ReplaceAll(string(data), `"name":"segment`, `"name":"../segment`))
		})},
		{"another board", put(manifestsFolder, func(data []byte) []byte {
			return []byte(strings.Replace(string(data), `"board":"`, `"board":"9`, 1))
		})},
		{"a log that no longer reaches it", sql("DELETE FROM search_log")},
		{"other entries in the log", sql("UPDATE search_log SET record = 'another' WHERE seq = " + last)},
		{"a database that does not have it yet",
			sql("DELETE FROM search_log WHERE seq = "+last, "UPDATE sqlite_sequence SET seq = seq - 1 WHERE name = 'search_log'")},
	} {
		for key, data := range saved {
			if err := b.bucket.Put(t.Context(), key, data); err != nil {
				t.Fatal(err)
			}
		}
		t.Run(c.name, func(t *testing.T) {
			b.removeIndex(t, ix)
			c.spoil(t)
			if ix = b.open(t); b.builds.Load() == 0 {
				t.Error("it was used")
			}
			if got := results(t, ix); !reflect.DeepEqual(got, want) {
				t.Errorf("found %+v, want %+v", got, want)
			}
		})
	}
}

func TestOnlyTheLeaderOfAClusterShips(t *testing.T) {
	b := newClusterBoard(t)
	b.node.Lead(false)
	acme, _ := b.Employer("Acme")
	for range 12 {
		b.Job(acme, "Baker")
	}
	ix := b.open(t)
	b.save(t, ix, time.Now())
	if keys := b.keys(t, ""); len(keys) > 0 {
		t.Errorf("a follower ships %v", keys)
	}
	b.node.Lead(true)
	lost := errors.New("lost")
	b.node.Release(lost)
	if err := ix.ship(t.Context(), time.Now()); !errors.Is(err, lost) {
		t.Errorf("shipping what may be undone: %v", err)
	}
	if keys := b.keys(t, ""); len(keys) > 0 {
		t.Errorf("what may be undone is in the bucket: %v", keys)
	}
}

func TestABoardWithoutABucketShipsNothing(t *testing.T) {
	app, ix := newBoard(t, Jobs)
	testapp.Join(app.TestApp, true)
	if _, ok, err := shelfOf(app.TestApp, Jobs); ok || err != nil {
		t.Errorf("there is a shelf: %v, %v", ok, err)
	}
	if err := ix.ship(t.Context(), time.Now()); err != nil {
		t.Error(err)
	}
}

func TestIndexesThatAreOfNoMoreUseAreDeleted(t *testing.T) {
	b := newClusterBoard(t)
	ix := b.fill(t)
	now := time.Now()
	first, firstFiles := b.keys(t, manifestsFolder), b.keys(t, segmentsFolder)
	if err := b.bucket.Put(t.Context(), shippedFolder+"jobs/1-en-le/segments/x", []byte("x")); err != nil {
		t.Fatal(err)
	}
	acme := b.anEmployer(t)
	change := func() {
		for range 12 { // more than a quarter of the documents die, so that the segments are merged
			b.Job(acme, "Smith")
		}
		for _, id := range found(t, ix, "baker") {
			b.Update(b.job(t, id), map[string]any{"title": "Baker again"})
		}
		eventually(t, "the changes", func() bool { last, err := ix.lastSeq(); return err == nil && ix.engine.Seq() == last })
		if err := ix.engine.Maintain(); err != nil {
			t.Fatal(err)
		}
	}
	change()
	b.save(t, ix, now.Add(shipInterval/2))
	if keys := b.keys(t, manifestsFolder); !slices.Equal(keys, first) {
		t.Errorf("shipped too early: %v", keys)
	}
	b.save(t, ix, now.Add(shipAnyway+time.Minute))
	if keys := b.keys(t, manifestsFolder); len(keys) != 2 || keys[0] != first[0] {
		t.Fatalf("the manifest that has just been superseded must stay: %v", keys)
	}
	change()
	b.save(t, ix, now.Add(2*shipAnyway+time.Hour))
	keys := b.keys(t, manifestsFolder)
	if len(keys) != 2 || slices.Contains(keys, first[0]) {
		t.Errorf("two manifests should be left, without the first: %v", keys)
	}
	for _, key := range b.keys(t, segmentsFolder) {
		if slices.Contains(firstFiles, key) {
			t.Errorf("%s is still there", key)
		}
	}
	change()
	b.save(t, ix, now.Add(formatGrace+shipAnyway))
	if keys := b.keys(t, "1-en-le"); len(keys) > 0 {
		t.Errorf("the file of an old format is still there")
	}
}
