package transfer

import (
	"crypto/sha256"
	"slices"
)

// seenJobs are the jobs that an import has named, with the place of their rows. It keeps 24 bytes of each: a file of a gigabyte may
// name millions.
type seenJobs struct {
	at    map[jobHash]rowPlace
	files []string
}

// jobHash stands for source and externalId.
type jobHash [16]byte

// rowPlace is where a row is: the number of its file, and its line.
type rowPlace struct{ file, line uint32 }

func hashJob(source, externalID string) (hash jobHash) {
	sum := sha256.Sum256([]byte(source + "\x00" + externalID))
	copy(hash[:], sum[:])
	return hash
}

func (s *seenJobs) len() int { return len(s.at) }

// find returns where the job was named, if it was.
func (s *seenJobs) find(source, externalID string) (file string, line int, found bool) {
	place, found := s.at[hashJob(source, externalID)]
	if !found {
		return "", 0, false
	}
	return s.files[place.file], int(place.line), true
}

func (s *seenJobs) add(source, externalID, file string, line int) {
	number := len(s.files) - 1
	if number < 0 || s.files[number] != file {
		number = slices.Index(s.files, file)
	}
	if number < 0 {
		number = len(s.files)
		s.files = append(s.files, file)
	}
	s.at[hashJob(source, externalID)] = rowPlace{uint32(number), uint32(line)}
}
