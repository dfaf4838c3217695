package transfer

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"jobboard/internal/outbound"
	"jobboard/internal/transfer/formats"
)

const (
	// maxRemote is how much is read from an address, in bytes.
	maxRemote = 1 << 30
	// remoteTimeout is how long reading an address may take.
	remoteTimeout = 30 * time.Minute
	// remoteIdle is how long a server may send nothing.
	remoteIdle = time.Minute
	// maxSource is the longest text of jobs.source, in bytes.
	maxSource = 200
)

// URL imports the jobs at an address. Without a format it is told by the content. private allows addresses that are not public.
func (i *Importer) URL(ctx context.Context, address string, format *formats.Format, private bool) error {
	options := outbound.Options{Private: private, Timeout: remoteTimeout, Idle: remoteIdle}
	options.NoRedirect = format != nil && format.FollowsNoRedirect
	response, err := outbound.Get(ctx, address, maxRemote, options)
	if err != nil {
		i.scope.end(ctx, err)
		return err
	}
	defer response.Body.Close() // only read from
	parsed := response.Request.URL
	name := path.Base(parsed.Path)
	if name == "." || name == "/" {
		name = parsed.Host
	}
	content := bufio.NewReaderSize(response.Body, formats.HeadSize)
	i.Options.ContentType, i.Options.Page = response.Header.Get("Content-Type"), address
	if i.Source == "" {
		i.scope.address = true
		i.scope.sources[AddressSource(address)] = true
	}
	return i.Detect(ctx, name, format, content, func(formats.Format) string { return AddressSource(address) })
}

// Detect imports a file whose format is told by its name and content, unless format is given. source returns the source of rows that
// name none, if the importer has none.
func (i *Importer) Detect(ctx context.Context, name string, format *formats.Format, content *bufio.Reader,
	source func(formats.Format) string) error {
	name, content, err := unpack(name, content)
	if err != nil {
		i.scope.end(ctx, err)
		return err
	}
	head, err := content.Peek(content.Size())
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("it ends too early: %w", err)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		i.scope.end(ctx, err)
		return fmt.Errorf("read %s: %w", name, err)
	}
	if formats.IsRefused(head) {
		format = nil // the rows are JSON Lines, whatever the file was in which they were refused
	}
	if format == nil {
		found, ok := formats.Detect(name, head)
		if !ok {
			err := fmt.Errorf("%s: its format is not clear; name it with --format: %s", name, strings.Join(formats.Names(), ", "))
			if formats.IsSpreadsheet(name) {
				err = fmt.Errorf("%s: a spreadsheet can't be read; save it as CSV", name)
			}
			i.scope.end(ctx, err)
			return err
		}
		format = &found
	}
	given := i.Source
	if given == "" {
		i.Source = source(*format)
		defer func() { i.Source = given }()
	}
	return i.File(ctx, name, *format, content)
}

// unpack returns the content of a file that is compressed with gzip, and its name without ".gz"; others as they are.
func unpack(name string, content *bufio.Reader) (string, *bufio.Reader, error) {
	if magic, err := content.Peek(2); err != nil || string(magic) != "\x1f\x8b" {
		return name, content, nil
	}
	unpacked, err := gzip.NewReader(content)
	if err != nil {
		return "", nil, fmt.Errorf("unpack %s: %w", name, err)
	}
	return strings.TrimSuffix(name, ".gz"), bufio.NewReaderSize(unpacked, formats.HeadSize), nil
}

// FileSource is the source of rows of a local file that name none.
func FileSource(format formats.Format) string {
	if format.Name == "jsonl" || format.Name == "csv" {
		return "import"
	}
	return format.Name
}

// AddressSource is the source of rows from an address that name none: the address without its scheme and parameters.
func AddressSource(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	rest, _, _ = strings.Cut(rest, "#")
	rest, _, _ = strings.Cut(rest, "?")
	rest = strings.TrimRight(rest, "/")
	if len(rest) > maxSource {
		rest = strings.ToValidUTF8(rest[:maxSource], "")
	}
	return rest
}
