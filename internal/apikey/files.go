package apikey

import (
	"errors"
	"net/http"

	"github.com/golang-jwt/jwt/v5"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"jobboard/collections"
)

const (
	filePattern      = " /api/files/{collection}/{recordId}/{filename}"
	fileTokenPattern = "POST /api/files/token"
)

// sendFileToken answers with a file token, in PocketBase's form. It is signed with the key's hash, so it ends with the key.
func (k *keys) sendFileToken(e *core.RequestEvent) error {
	found, err := k.store.find(e.App, collections.KeyIDOf(e.Auth.Id))
	if err != nil || found == nil {
		return errors.Join(err, e.UnauthorizedError(notValid, nil))
	}
	users, err := e.App.FindCachedCollectionByNameOrId(collections.Users)
	if err != nil {
		return err
	}
	claims := jwt.MapClaims{
		core.TokenClaimType: core.TokenTypeFile, core.TokenClaimId: e.Auth.Id, core.TokenClaimCollectionId: e.Auth.Collection().Id,
	}
	token, err := security.NewJWT(claims, found.hash+users.FileToken.Secret, users.FileToken.DurationTime())
	if err != nil {
		return e.InternalServerError("Failed to generate file token", err)
	}
	return e.JSON(http.StatusOK, map[string]string{"token": token})
}

// serveFile serves a file to a caller with a key, or with a file token that was made for one. PocketBase would look for the token's user
// in the database.
func (k *keys) serveFile(e *core.RequestEvent) error {
	caller, err := k.fileCaller(e)
	if err != nil {
		return err
	}
	if caller == nil {
		return e.Next()
	}
	if err := requireCollection(e, caller, e.Request.PathValue("collection"), true); err != nil {
		return err
	}
	record, err := e.App.FindRecordById(e.Request.PathValue("collection"), e.Request.PathValue("recordId"))
	if err != nil {
		return e.NotFoundError("", err)
	}
	name := e.Request.PathValue("filename")
	field := record.FindFileFieldByFile(name)
	if field == nil || !field.Protected {
		return e.Next()
	}
	info, err := e.RequestInfo()
	if err != nil {
		return e.InternalServerError("Failed to load request info", err)
	}
	asCaller := *info
	asCaller.Context, asCaller.Auth = core.RequestInfoContextProtectedFile, caller
	if allowed, err := e.App.CanAccessRecord(record, &asCaller, record.Collection().ViewRule); err != nil || !allowed {
		return e.NotFoundError("", errors.Join(err, errors.New("the API key does not give access to the record")))
	}
	files, err := e.App.NewFilesystem()
	if err != nil {
		return e.InternalServerError("Filesystem initialization failure.", err)
	}
	defer func() { _ = files.Close() }()
	event := &core.FileDownloadRequestEvent{
		RequestEvent: e, Record: record, FileField: field, ServedPath: record.BaseFilesPath() + "/" + name, ServedName: name,
	}
	event.Collection = record.Collection()
	return e.App.OnFileDownloadRequest().Trigger(event, func(e *core.FileDownloadRequestEvent) error {
		if err := files.Serve(e.Response, e.Request, e.ServedPath, e.ServedName); err != nil {
			return e.NotFoundError("", err)
		}
		return nil
	})
}

// fileCaller returns the service user by whose key or file token a file is asked for, or nil if that is for PocketBase.
func (k *keys) fileCaller(e *core.RequestEvent) (*core.Record, error) {
	if collections.IsAPIKey(e.Auth) {
		return e.Auth, nil
	}
	token := e.Request.URL.Query().Get("token")
	claims, err := security.ParseUnverifiedJWT(token)
	if err != nil {
		return nil, nil
	}
	id, _ := claims[core.TokenClaimId].(string)
	if collections.KeyIDOf(id) == "" {
		return nil, nil
	}
	found, err := k.store.find(e.App, collections.KeyIDOf(id))
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, e.UnauthorizedError(notValid, nil)
	}
	users, err := e.App.FindCachedCollectionByNameOrId(collections.Users)
	if err != nil {
		return nil, err
	}
	claims, err = security.ParseJWT(token, found.hash+users.FileToken.Secret)
	if err != nil || claims[core.TokenClaimType] != core.TokenTypeFile {
		return nil, e.NotFoundError("", err)
	}
	return found.serviceUser(e.App)
}
