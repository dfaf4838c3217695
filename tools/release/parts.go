package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// part is something of others that a binary is made of.
type part struct {
	name, version string
	purl          string // see https://github.com/package-url/purl-spec
	licences      []licence
}

// licence is one file with the terms of a part.
type licence struct {
	ids  []string // by SPDX, as far as the text is known
	text []byte
}

// partsOf returns the Go modules that a binary was linked from, by its own build information, Go itself, and the libraries that
// the client at /app/ has from npm.
func (r *release) partsOf(binary string) ([]part, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return nil, fmt.Errorf("read what the binary is made of: %w", err)
	}
	version := strings.TrimPrefix(info.GoVersion, "go")
	parts := []part{{name: "std", version: version, purl: "pkg:golang/std@" + version}}
	root, err := command(os.Environ(), "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	if parts[0].licences, err = licencesIn(strings.TrimSpace(root)); err != nil {
		return nil, err
	}
	for _, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		dir, ok := r.modules[module.Path+"@"+module.Version]
		if !ok {
			return nil, fmt.Errorf("the module %s %s is not in the module cache", module.Path, module.Version)
		}
		one := part{name: module.Path, version: module.Version, purl: "pkg:golang/" + module.Path + "@" + module.Version}
		if one.licences, err = licencesIn(dir); err != nil {
			return nil, err
		}
		if len(one.licences) == 0 {
			return nil, fmt.Errorf("the module %s %s has no licence", module.Path, module.Version)
		}
		parts = append(parts, one)
	}
	client, err := clientParts()
	return append(parts, client...), err
}

// clientParts returns the libraries that make assets has put into pb_public/lib.
func clientParts() ([]part, error) {
	raw, err := os.ReadFile("client/package-lock.json")
	if err != nil {
		return nil, err
	}
	var lock struct {
		Packages map[string]struct {
			Version      string            `json:"version"`
			Dependencies map[string]string `json:"dependencies"`
		} `json:"packages"`
	}
	if err := json.Unmarshal(raw, &lock); err != nil {
		return nil, fmt.Errorf("read client/package-lock.json: %w", err)
	}
	var parts []part
	for name := range lock.Packages[""].Dependencies { // theirs are types only, which are not served
		version := lock.Packages["node_modules/"+name].Version
		one, err := readLicence(filepath.Join("pb_public", "lib", name+".LICENSE"))
		if err != nil {
			return nil, fmt.Errorf("%w; run make assets", err)
		}
		parts = append(parts, part{name: name, version: version, purl: "pkg:npm/" + name + "@" + version, licences: []licence{one}})
	}
	slices.SortFunc(parts, func(a, b part) int { return strings.Compare(a.name, b.name) })
	return parts, nil
}

// moduleFolders returns the folders of all modules of the checkout, by path@version.
func moduleFolders() (map[string]string, error) {
	list, err := command(os.Environ(), "go", "list", "-m", "-f", "{{.Path}}@{{.Version}}\t{{.Dir}}", "all")
	if err != nil {
		return nil, err
	}
	folders := map[string]string{}
	for line := range strings.Lines(list) {
		if module, dir, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && dir != "" {
			folders[module] = dir
		}
	}
	return folders, nil
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|copyright)([.-].*)?$`)

// licencesIn returns the licences in a folder itself.
func licencesIn(dir string) ([]licence, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var found []licence
	for _, file := range files {
		if file.IsDir() || !licenceFile.MatchString(file.Name()) {
			continue
		}
		one, err := readLicence(filepath.Join(dir, file.Name()))
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, nil
}

func readLicence(path string) (licence, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return licence{}, err
	}
	one := licence{text: text}
	for _, match := range licensecheck.Scan(text).Match {
		if !match.IsURL && !slices.Contains(one.ids, match.ID) {
			one.ids = append(one.ids, match.ID)
		}
	}
	return one, nil
}

// licenceTexts returns the terms of all parts, one after another.
func licenceTexts(parts []part) []byte {
	var all bytes.Buffer
	fmt.Fprintln(&all, "The board is made of these parts too, each under its own terms.")
	for _, one := range parts {
		for _, licence := range one.licences {
			fmt.Fprintf(&all, "\n%s\n%s %s\n\n%s\n", strings.Repeat("-", 80), one.name, one.version, bytes.TrimSpace(licence.text))
		}
	}
	return all.Bytes()
}
