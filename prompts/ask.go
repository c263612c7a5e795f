package prompts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/jonboulle/clockwork"
	"github.com/sashabaranov/go-openai"
)

// task is one question, whose answer is a JSON object that decodes into T.
type task[T any] struct {
	name   string          // of the task and of its schema: letters, digits, "_" and "-"
	system string          // what the model is to do
	user   string          // what it is to do it with
	schema json.RawMessage // of the answer, the same for every call: servers compile and keep it
	// check refuses what can't be used and puts the rest in its final form.
	// Its error is sent to the model and logged, so it names fields and rules,
	// and never quotes the answer.
	check func(*T) error
}

// ask puts a task to the model. An answer that doesn't decode, or that the
// check refuses, goes back to the model once with what is wrong.
func ask[T any](ctx context.Context, c *Client, t task[T]) (T, error) {
	ctx, cancel := clockwork.WithTimeout(ctx, c.clock, c.timeout)
	defer cancel()
	started := c.clock.Now()
	talk := &conversation{name: t.name, schema: t.schema}
	talk.say(openai.ChatMessageRoleSystem, t.system)
	talk.say(openai.ChatMessageRoleUser, t.user)

	answer, err := converse(ctx, c, talk, t.check)

	level, outcome := slog.LevelInfo, "ok"
	switch {
	case errors.Is(err, ErrUnavailable):
		level, outcome = slog.LevelWarn, "unavailable"
	case err != nil:
		level, outcome = slog.LevelWarn, "bad answer"
	}

	attrs := []slog.Attr{
		slog.String("task", t.name), slog.String("model", c.model), slog.String("outcome", outcome),
		slog.Duration("duration", c.clock.Since(started)), slog.Int("attempts", talk.attempts),
		slog.Int("prompt_tokens", talk.promptTokens), slog.Int("completion_tokens", talk.completionTokens),
		slog.String("format", talk.format.String()),
	}
	if err != nil {
		attrs = append(attrs, slog.String("reason", err.Error()))
	}

	c.log.LogAttrs(ctx, level, "asked the language model", attrs...)

	return answer, err
}

// converse sends what has been said until an answer passes the check, at most one
// repair included. What goes wrong with the model wraps ErrUnavailable or ErrBadAnswer.
func converse[T any](ctx context.Context, c *Client, talk *conversation, check func(*T) error) (T, error) {
	var none T
	for repaired := false; ; repaired = true {
		said, err := c.complete(ctx, talk)
		if err != nil {
			return none, err
		}

		answer, err := decode[T](said)
		if err == nil {
			err = check(&answer)
		}

		if err == nil {
			return answer, nil
		}

		if repaired {
			return none, fmt.Errorf("%w: %w", ErrBadAnswer, err)
		}

		complaint, err := render("repair", err.Error())
		if err != nil {
			return none, err
		}

		talk.say(openai.ChatMessageRoleAssistant, said)
		talk.say(openai.ChatMessageRoleUser, complaint)
	}
}

var errNotTheObject = errors.New("it must be one JSON object with exactly the fields asked for")

// decode reads an answer's one JSON object. Words and code fences around it
// are passed over, in every response format, because some servers accept a
// format and then ignore it; a second value or an unknown field is an error.
func decode[T any](answer string) (T, error) {
	var value, none T
	start, end := strings.IndexByte(answer, '{'), strings.LastIndexByte(answer, '}')
	if start < 0 || end < start {
		return none, errNotTheObject
	}

	d := json.NewDecoder(strings.NewReader(answer[start : end+1]))
	d.DisallowUnknownFields()
	err := d.Decode(&value)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		return none, fmt.Errorf("field %q has the wrong type", wrong.Field)
	}

	if err != nil {
		return none, errNotTheObject
	}

	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return none, errNotTheObject
	}

	return value, nil
}
