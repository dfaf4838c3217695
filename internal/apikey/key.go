package apikey

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"hash/crc32"
	"math/big"
	"strings"
)

// A key is "jb_", the id of its record, "_", 32 random characters and a checksum of 6. The checksum tells a mistyped key, and lets
// scanners for leaked secrets know one when they see it.
const (
	start          = "jb_"
	idLength       = 15
	randomLength   = 32
	checksumLength = 6
	keyLength      = len(start) + idLength + 1 + randomLength + checksumLength
	base62         = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// New returns a new key for the record with that id.
func New(id string) (string, error) {
	key := []byte(start + id + "_")
	for range randomLength {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(base62))))
		if err != nil {
			return "", err
		}
		key = append(key, base62[n.Int64()])
	}
	return string(key) + checksum(string(key)), nil
}

// Prefix returns the beginning of the key of the record with that id, which is no secret.
func Prefix(id string) string { return start + id }

// Hash returns what is stored of a key. The random part has 190 bits, so nobody can find a key by its hash, however fast hashing is.
func Hash(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// isKey reports whether a bearer token is meant as a key. Tokens of logins are JSON Web Tokens, which begin with "ey".
func isKey(token string) bool { return strings.HasPrefix(token, start) }

// idOf returns the id of a key's record, or "" if the key is malformed.
func idOf(key string) string {
	body := len(key) - checksumLength
	if len(key) != keyLength || !isKey(key) || key[len(start)+idLength] != '_' || checksum(key[:body]) != key[body:] {
		return ""
	}
	return key[len(start) : len(start)+idLength]
}

func checksum(text string) string {
	n := crc32.ChecksumIEEE([]byte(text))
	digits := [checksumLength]byte{}
	for i := range digits {
		digits[checksumLength-1-i] = base62[n%62]
		n /= 62
	}
	return string(digits[:])
}
