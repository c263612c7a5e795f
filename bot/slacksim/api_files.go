package slacksim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
)

// maxUpload bounds a file in the simulator, which keeps files in memory; Slack
// takes 1 GB.
const maxUpload = 16 << 20

// upload is a file on its way in, or there.
type upload struct {
	File
	content  []byte
	arrived  bool
	complete bool
}

type uploadURLArgs struct {
	Filename    string `json:"filename" slack:"required"`
	Length      int    `json:"length" slack:"required"`
	AltText     string `json:"alt_txt"`
	SnippetType string `json:"snippet_type"`
}

type uploadURLResult struct {
	UploadURL string `json:"upload_url"`
	FileID    string `json:"file_id"`
}

func (s *Server) filesGetUploadURLExternal(c *call, a uploadURLArgs) (uploadURLResult, error) {
	switch {
	case a.Length < 1:
		return uploadURLResult{}, invalidArguments("/length", "must be more than 0 bytes")
	case a.Length > maxUpload:
		return uploadURLResult{}, failure("file_upload_size_restricted", fmt.Sprintf("slacksim takes up to %d bytes", maxUpload))
	case len(a.AltText) > 1000:
		return uploadURLResult{}, invalidArguments("/alt_txt", "must be less than 1001 characters")
	}

	kind := mime.TypeByExtension(path.Ext(a.Filename))
	f := &upload{File: File{
		ID: newID("F"), Created: s.opts.Clock.Now().Unix(), Name: a.Filename, Title: a.Filename, Mimetype: kind,
		Size: a.Length, User: s.state.bot(), AltText: a.AltText,
	}}
	f.URL = c.base + "/files/" + f.ID
	s.state.uploads[f.ID] = f
	return uploadURLResult{c.base + "/upload/" + f.ID, f.ID}, nil
}

// serveUpload takes a file's bytes, raw or as a file in a form.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	entry := Call{At: s.opts.Clock.Now(), Kind: CallUpload, Method: "upload", Status: http.StatusOK}
	fault := s.faults.draw(r.Context(), "upload")
	content, err := readUpload(w, r)
	switch fault.Kind {
	case FaultHang:
		s.hang(r)
	case FaultRateLimit, FaultStatus, FaultError:
		s.answerFault(w, fault, entry)
		return
	}

	if err == nil {
		err = s.arrive(r.PathValue("file"), content)
	}

	if err != nil {
		entry.Status, entry.Error = http.StatusBadRequest, err.Error()
	}

	if fault.Kind == FaultUnanswered {
		entry.Status = 0
		s.note(entry)
		panic(http.ErrAbortHandler)
	}

	s.note(entry)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}

	_, _ = fmt.Fprintf(w, "OK - %d", len(content)) // as files.slack.com answers
}

func readUpload(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload+1<<20)
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		return io.ReadAll(r.Body)
	}

	form, err := r.MultipartReader()
	if err != nil {
		return nil, fmt.Errorf("reading the form: %w", err)
	}

	// Clients disagree on the name of the field: the first part that is a file counts.
	for {
		part, err := form.NextPart()
		if err != nil {
			return nil, fmt.Errorf("reading the form: there is no file in it: %w", err)
		}

		if part.FileName() != "" {
			return io.ReadAll(part)
		}
	}
}

func (s *Server) arrive(id string, content []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.state.uploads[id]
	switch {
	case !ok || f.arrived:
		return errors.New("the upload URL is unknown or used")
	case len(content) != f.Size:
		return fmt.Errorf("%d bytes were announced and %d sent", f.Size, len(content))
	}

	f.content, f.arrived = content, true
	return nil
}

type completeArgs struct {
	Files          []fileRef       `json:"files" slack:"required"`
	ChannelID      string          `json:"channel_id"`
	Channels       []string        `json:"channels"`
	InitialComment string          `json:"initial_comment"`
	Blocks         json.RawMessage `json:"blocks"`
	ThreadTS       string          `json:"thread_ts"`
}

type fileRef struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// Highlight is how Slack colours a snippet; the simulator shows it the same.
	Highlight string `json:"highlight_type"`
}

type completeResult struct {
	Files []File `json:"files"`
}

func (s *Server) filesCompleteUploadExternal(c *call, a completeArgs) (completeResult, error) {
	var out completeResult
	for _, ref := range a.Files {
		f, ok := s.state.uploads[ref.ID]
		if !ok || !f.arrived || f.complete {
			return completeResult{}, failure("file_not_found", "file "+ref.ID+" has not been uploaded, or is complete already")
		}
	}

	names := a.Channels
	if a.ChannelID != "" {
		names = append(names, a.ChannelID)
	}

	var to []*conversation
	for _, name := range names {
		in, err := s.writable(c, name)
		if err == nil {
			err = in.thread(a.ThreadTS)
		}

		if err != nil {
			return completeResult{}, err
		}

		to = append(to, in)
	}

	m := Message{User: s.state.bot(), BotID: s.state.workspace.App.BotID, AppID: s.state.workspace.App.ID}
	if a.InitialComment != "" || !isEmptyJSON(a.Blocks) {
		var err error
		if m, err = s.state.message(content{Text: a.InitialComment, Blocks: a.Blocks}); err != nil {
			return completeResult{}, err
		}
	}

	for _, ref := range a.Files {
		f := s.state.uploads[ref.ID]
		f.complete = true
		if ref.Title != "" {
			f.Title = ref.Title
		}

		out.Files = append(out.Files, f.File)
	}

	m.Files, m.ThreadTS = out.Files, a.ThreadTS
	for _, in := range to {
		p := s.post(in, m)
		c.channel, c.ts = in.id, p.TS
	}

	return out, nil
}

// FileContent returns an uploaded file and its bytes.
func (s *Server) FileContent(id string) (File, []byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.state.uploads[id]
	if !ok || !f.complete {
		return File{}, nil, false
	}

	return f.File, f.content, true
}

// serveFile lets people download a file.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	f, content, ok := s.FileContent(r.PathValue("file"))
	if !ok {
		http.NotFound(w, r)
		return
	}

	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(content) // the reader has gone; nobody is left to tell
}
