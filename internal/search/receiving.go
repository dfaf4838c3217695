package search

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/background"
	"jobboard/internal/bucket"
	"jobboard/internal/search/engine"
)

// stallTimeout is how long the bucket may send nothing before a download is given up.
const stallTimeout = 30 * time.Second

// errNoneFits is why an index is built although there is a bucket.
var errNoneFits = errors.New("the bucket has no index of this version from which the search log continues")

// receive downloads the index of a kind into its folder if that has none, on a node of a cluster. Errors are only logged: then the index
// is built.
func receive(app core.App, kind *Kind) {
	if engine.HasIndex(folder(app, kind)) {
		return
	}
	s, ok, err := shelfOf(app, kind)
	if !ok && err == nil {
		return
	}
	if err == nil {
		var small bool
		if small, err = isSmall(app, kind); small {
			return
		}
	}
	began := time.Now()
	var m shipped
	if err == nil {
		m, err = s.receive(background.Context(app), app, kind)
	}
	log := app.Logger().With("kind", kind.table)
	if err != nil {
		log.Warn("The search index can't be downloaded from the bucket and is built instead.", "error", err)
		return
	}
	log.Info("The search index was downloaded from the bucket.", "documents", m.Documents, "seq", m.Origin.Seq,
		"seconds", time.Since(began).Seconds())
}

// receive downloads the newest index that fits the database.
func (s shelf) receive(ctx context.Context, app core.App, kind *Kind) (shipped, error) {
	m, err := s.newestFor(ctx, app, kind)
	if err != nil {
		return m, err
	}
	shared, err := sharedAnalyzerOf(app)
	if err != nil {
		return m, err
	}
	return m, engine.Receive(folder(app, kind), shared.analyzer, m.Manifest, m.Files, func(file engine.SavedFile) (io.ReadCloser, error) {
		return s.open(ctx, file)
	})
}

// newestFor returns the newest manifest whose place in the log the database has, with everything that follows it.
func (s shelf) newestFor(ctx context.Context, app core.App, kind *Kind) (shipped, error) {
	has, err := s.content(ctx)
	if err != nil {
		return shipped{}, err
	}
	// their keys begin with the number of the entry
	slices.SortFunc(has.manifests, func(x, y bucket.Object) int { return strings.Compare(y.Key, x.Key) })
	var damaged []error
	for _, object := range has.manifests {
		m, err := s.read(ctx, object.Key)
		if err != nil {
			damaged = append(damaged, err)
			continue
		}
		if fits, err := m.Origin.fits(app, kind); fits || err != nil {
			return m, err
		}
	}
	return shipped{}, errors.Join(append(damaged, fmt.Errorf("%w: %d were compared", errNoneFits, len(has.manifests)))...)
}

// open opens a segment file in the bucket.
func (s shelf) open(ctx context.Context, file engine.SavedFile) (io.ReadCloser, error) {
	ctx, cancel := context.WithCancel(ctx)
	body, _, err := s.bucket.Reader(ctx, s.segment(file), 0, 0)
	if err != nil {
		cancel()
		return nil, err
	}
	return &download{ReadCloser: body, cancel: cancel, stalled: time.AfterFunc(stallTimeout, cancel)}, nil
}

// download is a download that is given up when no more data arrives.
type download struct {
	io.ReadCloser
	cancel  context.CancelFunc
	stalled *time.Timer
}

func (d *download) Read(p []byte) (int, error) {
	d.stalled.Reset(stallTimeout)
	return d.ReadCloser.Read(p)
}

func (d *download) Close() error {
	d.stalled.Stop()
	d.cancel()
	return d.ReadCloser.Close()
}
