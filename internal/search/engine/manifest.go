package engine

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
)

// manifest lists the segment files that make up the index, with their deleted documents. Replacing it is what commits a
// checkpoint.
type manifest struct {
	Version  int               `json:"version"`
	Language string            `json:"language"` // of the stemmer: with another one, words would not be found
	Seq      int64             `json:"seq"`
	Segments []manifestSegment `json:"segments"`
}

type manifestSegment struct {
	File    string `json:"file"`
	Docs    int    `json:"docs"`
	Deleted []byte `json:"dead,omitempty"` // a bitset, little-endian
}

func manifestOf(snap *snapshot, language string) manifest {
	m := manifest{Version: formatVersion, Language: language, Seq: snap.seq}
	for _, v := range snap.segments {
		one := manifestSegment{File: v.file, Docs: v.docs}
		if v.live < v.docs {
			for _, w := range v.deleted {
				one.Deleted = binary.LittleEndian.AppendUint64(one.Deleted, w)
			}
		}
		m.Segments = append(m.Segments, one)
	}
	return m
}

// write saves the manifest: four bytes of checksum, then JSON.
func (m *manifest) write(dir string) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	data := binary.LittleEndian.AppendUint32(nil, crc32.Checksum(body, castagnoli))
	return writeFile(filepath.Join(dir, manifestName), append(data, body...))
}

func readManifest(dir, language string) (manifest, error) {
	data, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return manifest{}, err
	}
	return parseManifest(data, language)
}

func parseManifest(data []byte, language string) (m manifest, err error) {
	if len(data) < 4 || binary.LittleEndian.Uint32(data) != crc32.Checksum(data[4:], castagnoli) {
		return m, fmt.Errorf("search manifest: %w", errBadFile)
	}
	if err := json.Unmarshal(data[4:], &m); err != nil {
		return m, fmt.Errorf("search manifest: %w", errBadFile)
	}
	if m.Version != formatVersion || m.Language != language {
		return m, fmt.Errorf("search manifest: %w", errFormat)
	}
	return m, nil
}

// view returns the segment with the deletes that the manifest lists.
func (one *manifestSegment) view(s *segment) (*segmentView, error) {
	v := newView(s)
	if s.docs != one.Docs || len(one.Deleted) != 0 && len(one.Deleted) != 8*len(v.deleted) {
		return nil, fmt.Errorf("search segment %s: %w: does not match the manifest", one.File, errBadFile)
	}
	for i := range len(one.Deleted) / 8 {
		v.deleted[i] = binary.LittleEndian.Uint64(one.Deleted[8*i:])
	}
	v.live = s.docs - v.deleted.count()
	return v, nil
}
