// Command release builds the archives of a release: for each platform the binary with what belongs to it, and beside them an SBOM of
// each binary and the checksums of all. From one commit it makes the same bytes each time.
package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	version := flag.String("version", "", "the version, as it stands in the names and in the binary")
	ldflags := flag.String("ldflags", "", "flags of the linker")
	out := flag.String("out", "dist/release", "the folder to fill, which is emptied first")
	targets := flag.String("targets", "linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64", "the platforms")
	flag.Parse()
	if err := run(*version, *ldflags, *out, strings.Fields(*targets)); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(version, ldflags, out string, targets []string) error {
	if version == "" || strings.HasSuffix(version, "-dirty") {
		return fmt.Errorf("a release is made of a commit, and this is %q: commit or undo the changes first", version)
	}
	committed, err := command(nil, "git", "log", "-1", "--format=%ct")
	if err != nil {
		return err
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(committed), 10, 64)
	if err != nil {
		return fmt.Errorf("read the time of the commit: %w", err)
	}
	r := release{version: version, ldflags: ldflags, out: out, at: time.Unix(seconds, 0).UTC()}
	if err := errors.Join(os.RemoveAll(out), os.MkdirAll(out, 0o755)); err != nil {
		return err
	}
	if r.modules, err = moduleFolders(); err != nil {
		return err
	}
	for _, target := range targets {
		system, processor, _ := strings.Cut(target, "/")
		if err := r.build(system, processor); err != nil {
			return fmt.Errorf("%s: %w", target, err)
		}
	}
	if changed, err := command(os.Environ(), "git", "status", "--porcelain"); err != nil || changed != "" {
		return errors.Join(err, fmt.Errorf("files were changed while the release was built:\n%s", changed))
	}
	return writeChecksums(out)
}

// release is what all platforms share.
type release struct {
	version, ldflags, out string
	at                    time.Time         // of the commit, and so of all files
	modules               map[string]string // folders by path@version
}

// build makes what the release has for one platform.
func (r *release) build(system, processor string) error {
	name := fmt.Sprintf("jobboard_%s_%s_%s", strings.TrimPrefix(r.version, "v"), system, processor)
	program := "jobboard"
	if system == "windows" {
		program += ".exe"
	}
	work, err := os.MkdirTemp("", "jobboard-release-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	binary := filepath.Join(work, program)
	began := time.Now()
	environment := append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+processor)
	if _, err := command(environment, "go", "build", "-trimpath", "-buildvcs=true", "-ldflags", r.ldflags, "-o", binary, "."); err != nil {
		return err
	}
	parts, err := r.partsOf(binary)
	if err != nil {
		return err
	}
	if err := r.writeSBOM(filepath.Join(r.out, name+".cdx.json"), parts); err != nil {
		return err
	}
	files, err := filesBeside()
	if err != nil {
		return err
	}
	all := []entry{{name: name + "/" + program, path: binary, executable: true},
		{name: name + "/THIRD_PARTY_LICENSES.txt", content: licenceTexts(parts)}}
	for _, file := range files {
		all = append(all, entry{name: name + "/" + filepath.ToSlash(file), path: file})
	}
	archive := filepath.Join(r.out, name+".tar.gz")
	write := writeTar
	if system == "windows" {
		archive, write = filepath.Join(r.out, name+".zip"), writeZip
	}
	if err := write(archive, all, r.at); err != nil {
		return err
	}
	fmt.Printf("%s (%s)\n", archive, time.Since(began).Round(time.Second))
	return nil
}

// filesBeside returns the files of the checkout that an archive has beside the binary.
func filesBeside() ([]string, error) {
	files := []string{"LICENSE", "NOTICE", "README.md", "CHANGELOG.md", ".env.example"}
	for _, pattern := range []string{"docs/*.md", "docs/deploy/*"} {
		more, err := filepath.Glob(pattern)
		if err != nil {
			return nil, err
		}
		files = append(files, more...)
	}
	return files, nil
}

// writeChecksums writes SHA256SUMS for all files of a folder, as sha256sum --check reads it.
func writeChecksums(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var list bytes.Buffer
	for _, file := range files { // sorted by name
		content, err := os.ReadFile(filepath.Join(dir, file.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&list, "%x  %s\n", sha256.Sum256(content), file.Name())
	}
	return os.WriteFile(filepath.Join(dir, "SHA256SUMS"), list.Bytes(), 0o644)
}

// command runs a program and returns what it prints.
func command(environment []string, program string, args ...string) (string, error) {
	run := exec.Command(program, args...)
	run.Env = environment
	var problems bytes.Buffer
	run.Stderr = &problems
	out, err := run.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(slices.Concat([]string{program}, args), " "), err, &problems)
	}
	return string(out), nil
}
