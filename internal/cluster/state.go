package cluster

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Folder is the name of the folder in the data folder that makes it a node's. Backups leave it out.
const Folder = "cluster"

const (
	stateFile = "state.json"
	metaDir   = "litestream" // Litestream's files, while this node leads
)

// state is what a node remembers about itself.
type state struct {
	Cluster string `json:"cluster"` // which one the copy belongs to
	Node    string `json:"node"`
	Host    string `json:"host"` // a copied folder becomes another node
	// TXID is the last transaction in the copy; 0 if that is not known.
	TXID uint64 `json:"txid,omitempty"`
	// Session names the last leadership if it did not end in order: then the copy may hold what nobody acknowledged.
	Session string `json:"session,omitempty"`
	Boot    string `json:"boot,omitempty"` // of the machine, when that leadership began

	path string
}

// readState reads what the node remembers. A folder that did not belong to a node gets a new name, and known is false.
func readState(dir string) (s *state, known bool, err error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, false, fmt.Errorf("ask for the host's name: %w", err)
	}
	s = &state{path: filepath.Join(dir, Folder, stateFile)}
	data, err := os.ReadFile(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, false, fmt.Errorf("read the node's state: %w", err)
	case json.Unmarshal(data, s) != nil: // cut short by a power failure
		return nil, false, fmt.Errorf("%s is damaged: delete the folder %s, and data.db with it unless no other node and no bucket has its "+
			"content", s.path, filepath.Dir(s.path))
	default:
		known = true
	}
	if s.Node == "" || s.Host != host {
		s.Node, s.Host = strings.ToLower(rand.Text()[:8]), host
	}
	return s, known, nil
}

// save writes the state as a whole.
func (s *state) save() error {
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write the node's state: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return fmt.Errorf("write the node's state: %w", err)
	}
	if err := writeFile(s.path, data); err != nil {
		return fmt.Errorf("write the node's state: %w", err)
	}
	return nil
}

// writeFile replaces a file as a whole.
func writeFile(path string, data []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// IsNode reports whether a data folder belongs to a node of a cluster.
func IsNode(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, Folder, stateFile))
	return err == nil
}
