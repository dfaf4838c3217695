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

// SynonymsFile is the file in the data folder with the board's own synonyms. Changes take effect within a second or two.
const SynonymsFile = "synonyms.txt"

const synonymsHelp = `# The board's own synonyms for the search, on top of the built-in ones. Changes take effect within seconds.
#
# js, javascript               a search for one finds the others
# pm => project manager        a search for pm finds project managers, but not the other way round
# ! dev                        a built-in expression that is no longer a synonym of anything
#
# An expression has at most three words. A line that is not valid is skipped and reported in the log.
`

const (
	languageKey = storeKey + "language"
	analyzerKey = storeKey + "analyzer"
)

// sharedAnalyzer is the analyzer of an app's texts and queries, with the state of the file that its synonyms come from.
type sharedAnalyzer struct {
	analyzer *text.Analyzer

	mu       sync.Mutex
	modified time.Time // modification time of the file that was last read
	size     int64
}

var analyzerMu sync.Mutex

// Analyzer returns the analyzer of an app's texts and queries.
func Analyzer(app core.App) (*text.Analyzer, error) {
	s, err := sharedAnalyzerOf(app)
	if err != nil {
		return nil, err
	}
	return s.analyzer, nil
}

func sharedAnalyzerOf(app core.App) (*sharedAnalyzer, error) {
	analyzerMu.Lock()
	defer analyzerMu.Unlock()
	if s, ok := app.Store().Get(analyzerKey).(*sharedAnalyzer); ok {
		return s, nil
	}
	language, ok := app.Store().Get(languageKey).(string)
	if !ok {
		language = "en"
	}
	a, err := text.New(language, "")
	if err != nil {
		return nil, err
	}
	s := &sharedAnalyzer{analyzer: a}
	if err := s.read(app); err != nil {
		app.Logger().Error("The list of synonyms could not be read.", "error", err)
	}
	app.Store().Set(analyzerKey, s)
	return s, nil
}

// readSynonyms reads the synonyms file if it has changed. Synonyms are looked up when a query is parsed, so no index has to be
// rebuilt.
func readSynonyms(app core.App) error {
	s, err := sharedAnalyzerOf(app)
	if err != nil {
		return err
	}
	return s.read(app)
}

func (s *sharedAnalyzer) read(app core.App) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := filepath.Join(app.DataDir(), SynonymsFile)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if s.size != 0 {
			s.analyzer.UseSynonyms("")
			s.modified, s.size = time.Time{}, 0
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for the synonyms: %w", err)
	}
	if info.ModTime().Equal(s.modified) && info.Size() == s.size {
		return nil
	}
	list, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the synonyms: %w", err)
	}
	for _, wrong := range s.analyzer.UseSynonyms(string(list)) {
		app.Logger().Warn("A line of the synonyms is skipped.", "file", SynonymsFile, "error", wrong)
	}
	s.modified, s.size = info.ModTime(), info.Size()
	return nil
}

// createSynonymsFile creates the synonyms file, if there is none, with nothing but instructions.
func createSynonymsFile(app core.App) error {
	file, err := os.OpenFile(filepath.Join(app.DataDir(), SynonymsFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("create the list of synonyms: %w", err)
	}
	_, err = file.WriteString(synonymsHelp)
	return errors.Join(err, file.Close())
}
