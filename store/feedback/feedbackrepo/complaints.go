package feedbackrepo

import (
	"context"
	"errors"
	"strconv"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

// peopleField is the field of keys.complaints that counts those who are in it.
const peopleField = "people"

// complain keeps count of the people who say that a version fails. Each from
// the third on has the approved version reviewed; with fewer than three it
// leaves the review queue again.
func (r *Repo) complain(ctx context.Context, tx *store.Tx, was, is feedback.Complaint) error {
	if was == is {
		return nil
	}

	if err := r.addComplaint(ctx, tx, was, -1); err != nil {
		return err
	}

	return r.addComplaint(ctx, tx, is, 1)
}

// addComplaint adds n pieces to what a person complains with; none for the
// zero complaint.
func (r *Repo) addComplaint(ctx context.Context, tx *store.Tx, c feedback.Complaint, n int) error {
	if c == (feedback.Complaint{}) {
		return nil
	}

	key := r.keys.complaints(c.Asset, c.Version)
	fields, err := tx.Fields(ctx, key, c.Person, peopleField)
	if err != nil {
		return err
	}

	was := feedback.Complaints{Pieces: number(fields[0]), People: number(fields[1])}
	is := was.Add(n)
	setCount(tx, key, c.Person, is.Pieces)
	setCount(tx, key, peopleField, is.People)

	switch feedback.ReviewAfter(was, is) {
	case feedback.Needed:
		err = r.content.Flag(ctx, tx, c.Asset, content.Flag{Why: content.Failing, Version: c.Version})
	case feedback.Withdrawn:
		err = r.content.Unflag(ctx, tx, c.Asset, content.Failing, c.Version)
	}

	if errors.Is(err, errs.ErrNotFound) {
		return nil // the asset is gone; what was said of it stays
	}

	return err
}

// setCount writes a field of a hash of counts, which has none that are nought.
func setCount(tx *store.Tx, key, field string, n int) {
	if n == 0 {
		tx.Do("HDEL", key, field)
		return
	}

	tx.Do("HSET", key, field, n)
}

// number is what a field of a hash of counts holds, 0 when there is no such
// field.
func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}
