package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"sync"
	"time"

	"jobboard/internal/benchboard"
)

const (
	registeredEmail = "registered@example.com"
	fileSize        = 100 << 10
	fileTokenLasts  = time.Minute // less than a file token is valid
)

// register makes an account whose password is hashed as the board does it.
func register(s *benchboard.Server) error {
	_, err := s.Do(benchboard.Request{Method: http.MethodPost, Path: "/api/users/auth/register/", Status: http.StatusCreated,
		Body: benchboard.JSON(map[string]string{"email": registeredEmail, "password": benchboard.Password,
			"passwordConfirm": benchboard.Password, "name": "Registered", "role": "job_seeker"})})
	return err
}

// file is a document of an application, which takes a file token to read.
type file struct {
	address string
	mu      sync.Mutex
	token   string
	since   time.Time
}

// upload applies with a document.
func (s *scene) upload() error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("documents", "letter.txt")
	if err != nil {
		return err
	}
	if _, err := part.Write(bytes.Repeat([]byte("What I have done so far.\n"), fileSize/25)); err != nil {
		return err
	}
	if err := form.Close(); err != nil {
		return err
	}
	answer, err := s.server.Do(benchboard.Request{Method: http.MethodPost, Path: "/api/jobs/" + s.busy[0].id + "/applications/",
		Token: s.tokenOf(seeker), Type: form.FormDataContentType(), Body: body.String(), Status: http.StatusCreated})
	if err != nil {
		return err
	}
	var application struct {
		ID        string
		Documents []string
	}
	if err := json.Unmarshal(answer, &application); err != nil {
		return err
	}
	if len(application.Documents) != 1 {
		return fmt.Errorf("the application has %d documents", len(application.Documents))
	}
	s.file.address = "/api/files/applications/" + application.ID + "/" + application.Documents[0] + "?token="
	return nil
}

// path returns the path of the file with a valid token.
func (f *file) path(s *scene) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.since) > fileTokenLasts {
		answer, err := s.server.Do(benchboard.Request{Method: http.MethodPost, Path: "/api/files/token", Token: s.tokenOf(seeker)})
		var fresh struct{ Token string }
		if err == nil {
			err = json.Unmarshal(answer, &fresh)
		}
		if err != nil {
			logf("no file token: %v", err) // the download will fail
		}
		f.token, f.since = fresh.Token, time.Now()
	}
	return f.address + f.token
}
