package schema

import (
	"fmt"

	"github.com/google/go-cmp/cmp"
)

// Diff returns, for people to read, how two normalised snapshots differ, collection by collection: lines with - are only in migrated,
// lines with + only in defined. It is empty if the two are the same.
func Diff(migrated, defined []byte) (string, error) {
	before, err := byName(migrated)
	if err != nil {
		return "", fmt.Errorf("read the migrated collections: %w", err)
	}
	after, err := byName(defined)
	if err != nil {
		return "", fmt.Errorf("read the defined collections: %w", err)
	}
	return cmp.Diff(before, after), nil
}

func byName(snapshot []byte) (map[string]collection, error) {
	var list []collection
	if err := decode(snapshot, &list); err != nil {
		return nil, err
	}
	named := make(map[string]collection, len(list))
	for _, c := range list {
		named[c.name()] = c
	}
	return named, nil
}
