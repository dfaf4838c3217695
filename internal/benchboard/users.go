package benchboard

import (
	"database/sql"
	"fmt"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// Users inserts users, all with the same password.
type Users struct {
	insert *sql.Stmt
	hash   []byte
	now    string
}

// NewUsers returns the Users of a transaction.
func NewUsers(tx *sql.Tx) (*Users, error) {
	// Cheap, since it takes a login for each token; a user whose login is measured is registered through the board.
	hash, err := bcrypt.GenerateFromPassword([]byte(Password), bcrypt.MinCost)
	if err != nil {
		return nil, fmt.Errorf("hash the password: %w", err)
	}
	insert, err := tx.Prepare(`INSERT INTO users (id, email, name, role, password, tokenKey, created, updated)
		VALUES (?1, ?2, ?3, ?4, ?5, 'bench-' || ?1, ?6, ?6)`)
	return &Users{insert, hash, time.Now().UTC().Format(TimeLayout)}, err
}

// Insert inserts a user with the address EmailOf(id).
func (u *Users) Insert(id, name, role string) error {
	_, err := u.insert.Exec(id, EmailOf(id), name, role, string(u.hash), u.now)
	return err
}

// EmailOf returns the address of the user with that id.
func EmailOf(id string) string { return id + "@example.com" }
