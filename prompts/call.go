package prompts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sashabaranov/go-openai"

	"smarketer/store/backoff"
)

const (
	maxRetries = 2                      // of one call
	firstPause = 500 * time.Millisecond // before the first retry, give or take half, when the server names no time; then doubled
	maxAnswer  = 16 << 10               // bytes of what the model says
)

// responseFormat is how firmly the server holds a model to JSON, firmest first.
type responseFormat int32

const (
	jsonSchema responseFormat = iota
	jsonObject
	plainText
)

func (f responseFormat) String() string {
	return [...]string{"json_schema", "json_object", "plain"}[f]
}

// conversation is a task under way: what has been said, and what it has cost.
type conversation struct {
	name     string
	schema   json.RawMessage
	messages []openai.ChatCompletionMessage

	format                         responseFormat // of the latest request
	attempts                       int            // requests sent
	promptTokens, completionTokens int
}

func (t *conversation) say(role, text string) {
	t.messages = append(t.messages, openai.ChatCompletionMessage{Role: role, Content: text})
}

// request asks for the next message in the conversation. It sets neither a
// temperature nor a token limit: reasoning models refuse the one, and servers
// disagree on the name of the other. The deadline and the size limits bound it.
func (t *conversation) request(model string) openai.ChatCompletionRequest {
	req := openai.ChatCompletionRequest{Model: model, Messages: t.messages}
	switch t.format {
	case jsonSchema:
		req.ResponseFormat = &openai.ChatCompletionResponseFormat{
			Type: openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{
				Name: t.name, Schema: t.schema, Strict: true,
			},
		}
	case jsonObject:
		req.ResponseFormat = &openai.ChatCompletionResponseFormat{
			Type: openai.ChatCompletionResponseFormatTypeJSONObject,
		}
	}

	return req
}

// complete gets the model's next message, in the firmest response format that
// the server accepts. Errors wrap ErrUnavailable or ErrBadAnswer.
//
// Servers word the refusal of a format in so many ways that the words aren't
// read: any 400 or 422 leads to the next format, and what the server accepts
// first is remembered.
func (c *Client) complete(ctx context.Context, talk *conversation) (string, error) {
	talk.format = responseFormat(c.format.Load())
	for retries := 0; ; {
		talk.attempts++
		resp, err := c.api.CreateChatCompletion(ctx, talk.request(c.model))
		if err == nil {
			c.remember(talk.format)
			talk.promptTokens += resp.Usage.PromptTokens
			talk.completionTokens += resp.Usage.CompletionTokens
			return answerIn(resp)
		}

		status := statusOf(err)
		if talk.format < plainText && (status == http.StatusBadRequest || status == http.StatusUnprocessableEntity) {
			talk.format++
			continue
		}

		reason, again := failure(status, err)
		if !again || retries == maxRetries || !c.pause(ctx, resp.Header(), retries) {
			return "", reason
		}

		retries++
	}
}

// remember notes that the server accepts a format. It never goes back to a
// firmer one, whatever the order in which calls end.
func (c *Client) remember(f responseFormat) {
	for old := c.format.Load(); old < int32(f); old = c.format.Load() {
		if c.format.CompareAndSwap(old, int32(f)) {
			return
		}
	}
}

// answerIn returns what the model said, if it finished saying it.
func answerIn(resp openai.ChatCompletionResponse) (string, error) {
	if len(resp.Choices) == 0 {
		return "", fmt.Errorf("%w: the response holds no choice", ErrBadAnswer)
	}

	choice := resp.Choices[0]
	switch {
	case choice.Message.Refusal != "":
		return "", fmt.Errorf("%w: the model declined", ErrBadAnswer)
	case choice.FinishReason == openai.FinishReasonLength:
		return "", fmt.Errorf("%w: it was cut short", ErrBadAnswer)
	case choice.FinishReason == openai.FinishReasonContentFilter:
		return "", fmt.Errorf("%w: a content filter stopped it", ErrBadAnswer)
	case choice.FinishReason != openai.FinishReasonStop:
		return "", fmt.Errorf("%w: the response doesn't say that it is complete", ErrBadAnswer)
	case strings.TrimSpace(choice.Message.Content) == "":
		return "", fmt.Errorf("%w: it is empty", ErrBadAnswer)
	case len(choice.Message.Content) > maxAnswer:
		return "", fmt.Errorf("%w: it is longer than %d bytes", ErrBadAnswer, maxAnswer)
	}

	return choice.Message.Content, nil
}

// statusOf returns the HTTP status of a failed call, 0 when there was none or
// when the response itself couldn't be read.
func statusOf(err error) int {
	if e, ok := errors.AsType[*openai.RequestError](err); ok {
		return e.HTTPStatusCode
	}

	if e, ok := errors.AsType[*openai.APIError](err); ok {
		return e.HTTPStatusCode
	}

	return 0
}

// failure says why a call failed, and whether the same call may succeed later.
// A server's message may repeat the prompt: only its status and code are kept.
func failure(status int, err error) (reason error, again bool) {
	if status != 0 {
		again = status == http.StatusRequestTimeout || status == http.StatusTooManyRequests || status >= 500
		return fmt.Errorf("%w: the server answered %d%s", ErrUnavailable, status, errorCode(err)), again
	}

	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fmt.Errorf("%w: the response is larger than %d bytes", ErrBadAnswer, maxResponse), false
	}

	if e, ok := errors.AsType[*url.Error](err); ok {
		// Without the URL, which may hold a key.
		return fmt.Errorf("%w: %w", ErrUnavailable, e.Err), true
	}

	_, syntax := errors.AsType[*json.SyntaxError](err)
	_, mistyped := errors.AsType[*json.UnmarshalTypeError](err)
	if syntax || mistyped {
		return fmt.Errorf("%w: the response isn't a chat completion", ErrBadAnswer), false
	}

	return fmt.Errorf("%w: %w", ErrUnavailable, err), true
}

var plainCode = regexp.MustCompile(`^[a-z0-9_]{1,40}$`)

// errorCode returns the server's own code for an error, such as
// " (model_not_found)", if it looks like one.
func errorCode(err error) string {
	e, ok := errors.AsType[*openai.APIError](err)
	if !ok {
		return ""
	}

	code, ok := e.Code.(string)
	if !ok || !plainCode.MatchString(code) {
		return ""
	}

	return " (" + code + ")"
}

// pause waits before a retry, for as long as the server asks or else longer each
// time; retries counts those already made. It returns false when the task's
// deadline would come first, or when ctx ends.
func (c *Client) pause(ctx context.Context, header http.Header, retries int) bool {
	wait := backoff.Policy{Min: firstPause, Max: firstPause << (maxRetries - 1)}.After(retries + 1)
	if asked, ok := retryAfter(header, c.clock.Now()); ok {
		// A little later, so that all who wait don't come at once.
		wait = asked + rand.N(firstPause)
	}

	if deadline, ok := ctx.Deadline(); ok && wait >= c.clock.Until(deadline) {
		return false
	}

	select {
	case <-c.clock.After(wait):
		return true
	case <-ctx.Done():
		return false
	}
}

// retryAfter reads the Retry-After header: seconds or a date (RFC 9110, 10.2.3).
func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}

	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now)), true
	}

	return 0, false
}
