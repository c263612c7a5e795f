package bot

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"smarketer/bot/blocks"
	"smarketer/store/errs"
)

// Problem is an error whose text is meant for the person: what is wrong and
// what to do about it. In mrkdwn; what people wrote must go through [blocks.Escape].
type Problem struct{ Text string }

func (p *Problem) Error() string { return p.Text }

// Problemf makes a Problem.
func Problemf(format string, args ...any) error { return &Problem{fmt.Sprintf(format, args...)} }

// forbidden is the Problem that a role is missing.
func forbidden(role Role) error {
	return Problemf("Only people in %s can do this. If you should be one of them, ask your Smarketer admin.", article(role))
}

// words turns an error into what the person reads. Everything unexpected gets
// a reference, which is also in the log.
func words(err error) (text, ref string) {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p.Text, ""
	}

	if p, ok := errors.AsType[*errs.Invalid](err); ok {
		return blocks.Escape(p.Error()), ""
	}

	switch {
	case uncertain(err):
		return "My memory didn't answer in time, so I can't say whether that was saved. Please have a look in a minute, and try again if it wasn't.", ""
	case errors.Is(err, errs.ErrUnavailable):
		return "I can't reach my memory right now, so nothing was saved. Please try again in a minute.", ""
	case errors.Is(err, errs.ErrNotFound):
		return "I can't find that any more. It may have been removed.", ""
	case errors.Is(err, errs.ErrConflict):
		return "Somebody else changed this a moment ago. Have a look at how it is now, then try again.", ""
	}

	ref = newRef()
	return fmt.Sprintf("Something went wrong (ref %s). It is in the log under that reference; please try again.", ref), ref
}

// uncertain reports whether a change may have been saved or not: it was on its
// way when the connection broke, or when the time of the handler was over.
func uncertain(err error) bool {
	return errors.Is(err, errs.ErrUncertain) || errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, errs.ErrUnavailable)
}

// outcome sorts errors for logs and metrics: what the person can mend is
// refused, everything else failed.
func outcome(err error) string {
	if err == nil || errors.Is(err, errs.ErrDuplicate) {
		return "ok"
	}

	_, problem := errors.AsType[*Problem](err)
	_, invalid := errors.AsType[*errs.Invalid](err)
	if problem || invalid || errors.Is(err, errs.ErrNotFound) || errors.Is(err, errs.ErrConflict) {
		return "refused"
	}

	return "failed"
}

func article(role Role) string {
	if role == Admin {
		return "the admin role"
	}

	return string(role)
}

func newRef() string {
	b := make([]byte, 3)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// fieldErrors are the errors to show inside a modal: at the field that is
// wrong, or at the first when it is about none. Slack shows them as they are,
// without markup.
func fieldErrors(r *Request, err error, text string) map[string]string {
	if p, ok := errors.AsType[*errs.Invalid](err); ok && slices.Contains(r.Origin.Inputs, p.Field) {
		return map[string]string{p.Field: blocks.UpperFirst(p.Message)}
	}

	if len(r.Origin.Inputs) == 0 {
		return nil
	}

	return map[string]string{r.Origin.Inputs[0]: blocks.UpperFirst(blocks.Unescape(text))}
}
