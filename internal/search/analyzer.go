package search

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/search/text"
)

// SynonymsFile is the board's own list of synonyms, in the data folder. Changes to it count within a second or two.
const SynonymsFile = "synonyms.txt"

const synonymsHelp = `# The board's own synonyms for the search, on top of the built-in ones. A change counts within seconds.
#
# js, javascript               who types one finds the others
# pm => project manager        who types pm finds project managers; not the other way round
# ! dev                        a built-in expression that is to be no synonym of anything
#
# An expression has three words at most. A line that makes no sense is skipped, and named in the log.
`

const (
	languageKey = storeKey + "language"
	analyzerKey = storeKey + "words"
)

// words is what an app's texts and queries are read with, and the file that a part of it comes from.
type sharedAnalyzer struct {
	analyzer *text.Analyzer

	mu       sync.Mutex
	modified time.Time // of the synonyms that are in use
	size     int64
}

var analyzerMu sync.Mutex

// Analyzer returns what an app's texts and queries are read with.
func Analyzer(app core.App) (*text.Analyzer, error) {
	w, err := sharedAnalyzerOf(app)
	if err != nil {
		return nil, err
	}
	return w.analyzer, nil
}

func sharedAnalyzerOf(app core.App) (*sharedAnalyzer, error) {
	analyzerMu.Lock()
	defer analyzerMu.Unlock()
	if w, ok := app.Store().Get(analyzerKey).(*sharedAnalyzer); ok {
		return w, nil
	}
	language, ok := app.Store().Get(languageKey).(string)
	if !ok {
		language = "en"
	}
	a, err := text.New(language, "")
	if err != nil {
		return nil, err
	}
	w := &sharedAnalyzer{analyzer: a}
	if err := w.read(app); err != nil {
		app.Logger().Error("The list of synonyms could not be read.", "error", err)
	}
	app.Store().Set(analyzerKey, w)
	return w, nil
}

// readSynonyms takes the synonyms from the file if that has changed. They are looked up when a query is read, so no
// index needs to be built anew.
func readSynonyms(app core.App) error {
	w, err := sharedAnalyzerOf(app)
	if err != nil {
		return err
	}
	return w.read(app)
}

func (w *sharedAnalyzer) read(app core.App) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	path := filepath.Join(app.DataDir(), SynonymsFile)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if w.size != 0 {
			w.analyzer.UseSynonyms("")
			w.modified, w.size = time.Time{}, 0
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for the synonyms: %w", err)
	}
	if info.ModTime().Equal(w.modified) && info.Size() == w.size {
		return nil
	}
	list, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the synonyms: %w", err)
	}
	for _, wrong := range w.analyzer.UseSynonyms(string(list)) {
		app.Logger().Warn("A line of the synonyms is skipped.", "file", SynonymsFile, "error", wrong)
	}
	w.modified, w.size = info.ModTime(), info.Size()
	return nil
}

// offerSynonyms makes the file, with nothing in it but how to write it.
func createSynonymsFile(app core.App) error {
	file, err := os.OpenFile(filepath.Join(app.DataDir(), SynonymsFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("make the list of synonyms: %w", err)
	}
	_, err = file.WriteString(synonymsHelp)
	return errors.Join(err, file.Close())
}
