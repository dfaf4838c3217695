package api_test

import (
	"bytes"
	"mime/multipart"
	"testing"
)

// form is a multipart body: a value is text, or a file.
type form []part

type part struct{ name, value, file string }

func (f form) encode(t testing.TB) (body []byte, media string) {
	t.Helper()
	buffer := &bytes.Buffer{}
	writer := multipart.NewWriter(buffer)
	for _, p := range f {
		if p.file == "" {
			if err := writer.WriteField(p.name, p.value); err != nil {
				t.Fatal(err)
			}
			continue
		}
		w, err := writer.CreateFormFile(p.name, p.file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(p.value)); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes(), writer.FormDataContentType()
}
