package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"

	contentroom "smarketer/bot/content"
	"smarketer/cmd/smarketer/app"
	"smarketer/store/content"
)

// contentCommand reads and writes copy in Redis, without the bot. It asks for no
// role: whoever has the address of the Redis may do what marketing may.
type contentCommand struct {
	Import contentImport `cmd:"" help:"Bring in copy from Markdown files with front matter. Needs access to Redis; Slack roles aren't asked."`
	Export contentExport `cmd:"" help:"Write all copy as the files that import reads."`
}

type contentImport struct {
	app.Settings
	DryRun bool     `help:"Print what would happen, and change nothing."`
	Paths  []string `arg:"" name:"path" help:"Files, and folders with .md files."`
}

// Run imports files; bad ones are named, and make the command fail.
func (c *contentImport) Run(ctx context.Context, to streams) error {
	config, s, done, err := openStore(ctx, c.Settings, to)
	if err != nil {
		return err
	}

	defer func() { _ = done() }() // nothing is left to write
	paths, err := markdownFiles(c.Paths)
	if err != nil {
		return err
	}

	bar := progress(to, len(paths), "importing")
	counts, bad := map[content.Outcome]int{}, 0
	err = contentroom.Import(ctx, app.NewRepos(s).Assets, readFiles(paths), time.Now(), config.ReviewEvery, c.DryRun, func(i contentroom.Imported) {
		_ = bar.Add(1)
		switch {
		case i.Err != nil:
			bad++
			_ = bar.Clear()
			fmt.Fprintf(to.err, "%s: %v\n", i.Path, i.Err)
		case c.DryRun && i.Done != content.Unchanged:
			_ = bar.Clear()
			fmt.Fprintf(to.out, "%s: would be %s\n", i.Path, i.Done)
		}

		counts[i.Done]++
	})
	_ = bar.Finish()
	if err != nil {
		return err
	}

	sum := fmt.Sprintf("%d new, %d with a new version, %d updated, %d unchanged, %d bad",
		counts[content.Created], counts[content.NewVersion], counts[content.Updated], counts[content.Unchanged], bad)
	if c.DryRun {
		sum = "would be: " + sum + "; nothing was changed"
	}

	fmt.Fprintln(to.out, sum)
	if bad > 0 {
		return fmt.Errorf("files not imported: %d of %d", bad, len(paths))
	}

	return nil
}

// hidden says whether an entry of a folder is for programs and not copy: .git, or
// the folders in which Kubernetes keeps the files of a volume.
func hidden(d fs.DirEntry) bool { return strings.HasPrefix(d.Name(), ".") }

// markdownFiles lists the files to import, folders with all that is below but
// for what is hidden. Those that can't be read are in it as well.
func markdownFiles(paths []string) ([]string, error) {
	var files []string
	for _, root := range paths {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil: // reading it says why, for this one alone
				files = append(files, path)
			case path == root && !d.IsDir(), !hidden(d) && !d.IsDir() && strings.HasSuffix(path, ".md"):
				files = append(files, path)
			case path != root && hidden(d) && d.IsDir():
				return fs.SkipDir
			}

			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("look for files: %w", err)
		}
	}

	if len(files) == 0 {
		return nil, errors.New("there are no .md files in what was named")
	}

	return files, nil
}

// maxFile bounds a file of copy, in bytes.
const maxFile = 256 << 10

func readFiles(paths []string) iter.Seq[contentroom.File] {
	return func(yield func(contentroom.File) bool) {
		for _, path := range paths {
			body, err := readFile(path)
			if !yield(contentroom.File{Path: path, Body: body, Err: err}) {
				return
			}
		}
	}
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	var body []byte
	if err == nil {
		if info.Size() > maxFile {
			return nil, fmt.Errorf("line 1: the file is larger than %d KB", maxFile>>10)
		}

		body, err = os.ReadFile(path)
	}

	if why, ok := errors.AsType[*fs.PathError](err); ok { // the path is named beside it
		err = why.Err
	}

	return body, err
}

// progress is a bar on a terminal, and nothing elsewhere.
func progress(to streams, total int, what string) *progressbar.ProgressBar {
	return progressbar.NewOptions(total, progressbar.OptionSetDescription(what), progressbar.OptionSetWriter(to.err),
		progressbar.OptionSetVisibility(isatty.IsTerminal(to.err.Fd())), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
}

type contentExport struct {
	app.Settings
	Dir string `arg:"" help:"The folder to write to; it is made when it isn't there."`
}

// Run writes every asset: its approved version, and the draft of its next.
func (c *contentExport) Run(ctx context.Context, to streams) error {
	_, s, done, err := openStore(ctx, c.Settings, to)
	if err != nil {
		return err
	}

	defer func() { _ = done() }() // nothing is left to write
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return fmt.Errorf("export: %w", err)
	}

	n := 0
	for file, err := range contentroom.Export(ctx, app.NewRepos(s).Assets) {
		if err != nil {
			return err
		}

		path := filepath.Join(c.Dir, file.Path)
		if slug, whole := strings.CutSuffix(path, ".md"); whole && !strings.HasSuffix(path, contentroom.NextFile) {
			// A draft that an earlier export wrote may be approved by now.
			if err := os.Remove(slug + contentroom.NextFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("export: %w", err)
			}
		}

		if err := os.WriteFile(path, file.Body, 0o644); err != nil {
			return fmt.Errorf("export: %w", err)
		}

		n++
	}

	fmt.Fprintf(to.out, "%d files written to %s\n", n, c.Dir)

	return nil
}
