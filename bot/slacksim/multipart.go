package slacksim

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/url"
)

// parseMultipart adds the fields of a multipart form to values.
func parseMultipart(values url.Values, boundary string, body []byte) (url.Values, error) {
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return values, nil
		}

		if err != nil {
			return nil, &Invalid{"invalid_form_data", []Problem{{"", "the form is not well-formed: " + err.Error()}}}
		}

		content, err := io.ReadAll(part)
		if err != nil {
			return nil, &Invalid{"invalid_form_data", []Problem{{"/" + part.FormName(), "can't be read: " + err.Error()}}}
		}

		values.Add(part.FormName(), string(content))
	}
}
