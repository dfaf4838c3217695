package search

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/search/meaning"
	"jobboard/internal/search/text"
)

// SynonymsFile and VocabularyFile are the files in the data folder with the board's own synonyms, and with what words of a search
// text mean besides themselves. Changes take effect within a second or two.
const (
	SynonymsFile   = "synonyms.txt"
	VocabularyFile = "vocabulary.txt"
)

const synonymsHelp = `# The board's own synonyms for the search, on top of the built-in ones. Changes take effect within seconds.
#
# js, javascript               a search for one finds the others
# pm => project manager        a search for pm finds project managers, but not the other way round
# title: nanny, babysitter     the others are looked for in titles only: best for names of jobs
# ! dev                        a built-in expression that is no longer a synonym of anything
#
# An expression has at most four words. A line that is not valid is skipped and reported in the log.
`

const vocabularyHelp = `# What words of a search text mean besides themselves, on top of the built-in list.
# Changes take effect within seconds.
#
# jobType=temporary: christmas help          words that mean a value of jobType, workplace or experienceLevel
# experienceLevel=entry anywhere: no degree  jobs whose text has the words anywhere count too, not only those of this level
# filler: gigs, openings                     left out when something else remains
# in: in, at                                 before a place
# near: near, around                         before a place whose surroundings count too
# words: remote sensing                      words that mean what they say, although "remote" does not
# ambiguous: reading, nice                   a place only after "in" or "near", or before a region or country
# never: java                                never a place
# ! freelance                                an expression of the built-in list that means nothing but itself
#
# A line that is not valid is skipped and reported in the log.
`

const (
	languageKey = storeKey + "language"
	analyzerKey = storeKey + "analyzer"
)

// sharedAnalyzer is the analyzer of an app's texts and queries and the vocabulary of its queries, with the files that the board's own
// part of them comes from.
type sharedAnalyzer struct {
	analyzer   *text.Analyzer
	vocabulary atomic.Pointer[meaning.Vocabulary]
	files      []*listFile
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
	s.useVocabulary("")
	s.files = []*listFile{{name: SynonymsFile, use: a.UseSynonyms}, {name: VocabularyFile, use: s.useVocabulary}}
	if err := s.readFiles(app); err != nil {
		app.Logger().Error("The synonyms or the vocabulary could not be read.", "error", err)
	}
	app.Store().Set(analyzerKey, s)
	return s, nil
}

// useVocabulary replaces the vocabulary by the built-in one with the board's own lines. It returns an error for each invalid line.
func (s *sharedAnalyzer) useVocabulary(own string) []error {
	vocabulary, wrong := meaning.NewVocabulary(own, meanings)
	s.vocabulary.Store(vocabulary)
	return wrong
}

// readLists reads the files with the board's own synonyms and vocabulary if they have changed. Both are looked up when a query is
// parsed, so no index has to be rebuilt.
func readLists(app core.App) error {
	s, err := sharedAnalyzerOf(app)
	if err != nil {
		return err
	}
	return s.readFiles(app)
}

func (s *sharedAnalyzer) readFiles(app core.App) error {
	var failed []error
	for _, file := range s.files {
		failed = append(failed, file.read(app))
	}
	return errors.Join(failed...)
}

// listFile is a file in the data folder with a list that an owner edits.
type listFile struct {
	name string
	use  func(list string) (wrong []error)

	mu       sync.Mutex
	modified time.Time // modification time of the file that was last read
	size     int64
}

// read reads the file if it has changed.
func (f *listFile) read(app core.App) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := filepath.Join(app.DataDir(), f.name)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if f.size != 0 {
			f.use("")
			f.modified, f.size = time.Time{}, 0
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for %s: %w", f.name, err)
	}
	if info.ModTime().Equal(f.modified) && info.Size() == f.size {
		return nil
	}
	list, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", f.name, err)
	}
	for _, wrong := range f.use(string(list)) {
		app.Logger().Warn("A line of the search's lists is skipped.", "file", f.name, "error", wrong)
	}
	f.modified, f.size = info.ModTime(), info.Size()
	return nil
}

// createLists creates the files of the board's own lists, where there are none, with nothing but instructions.
func createLists(app core.App) error {
	for name, help := range map[string]string{SynonymsFile: synonymsHelp, VocabularyFile: vocabularyHelp} {
		file, err := os.OpenFile(filepath.Join(app.DataDir(), name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("create %s: %w", name, err)
		}
		_, err = file.WriteString(help)
		if err := errors.Join(err, file.Close()); err != nil {
			return fmt.Errorf("create %s: %w", name, err)
		}
	}
	return nil
}
