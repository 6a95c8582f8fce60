package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"ph2cio/internal/exit"
	"ph2cio/internal/mappingfile"
)

func newMappingInit(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a new mapping file with everything explained",
		Long: `Writes a new mapping file, or prints it without FILE. All that it can say is there, in comments: as it is, it changes nothing.
A file that exists is never replaced.`,
		Example: `  ph2cio mapping init mapping.yaml
  ph2cio mapping init | less`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fmt.Errorf("mapping init takes one FILE, and was given %d", len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			text := mappingfile.Init(knownSettings(c.Root()))
			if len(args) == 0 || args[0] == stdinSource {
				return p.writeText(text)
			}
			return p.writeNew(args[0], text)
		},
	}
}

func newMappingSchema(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON schema of mapping files, for editors",
		Long: `Prints the JSON schema of mapping files. With it, editors complete keys and settings, and mark what is wrong. Most read it if
the first line of the mapping file is: # yaml-language-server: $schema=FILE`,
		Example: `  ph2cio mapping schema > mapping.schema.json
  ph2cio mapping schema | jq .properties.rules`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			p.wroteJSON = true
			_, err := p.env.Stdout.Write(mappingfile.Schema(knownSettings(c.Root())))
			return err
		},
	}
}

// textDocument and fileDocument are the documents of mapping init without and with a file.
type (
	textDocument struct {
		Text string `json:"text"`
	}
	fileDocument struct {
		File string `json:"file"`
	}
)

// writeText prints a text, or a document that has it.
func (p *program) writeText(text string) error {
	if p.json {
		return p.writeJSON(p.env.Stdout, &textDocument{text})
	}
	_, err := io.WriteString(p.env.Stdout, text)
	return err
}

// writeNew writes a new file, and says so. Everybody may read it, as what people write themselves.
func (p *program) writeNew(path, text string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	switch {
	case errors.Is(err, fs.ErrExist):
		return &problem{
			err: fmt.Errorf("%s already exists", path), code: exit.Usage,
			hint: "name a new file; `ph2cio mapping init` without a name prints it",
		}
	case err != nil:
		return &problem{err: fmt.Errorf("write a mapping file: %w", err), code: exit.Usage, hint: "name a file in an existing directory"}
	}
	_, err = io.WriteString(file, text)
	if err = errors.Join(err, file.Close()); err != nil {
		return &problem{err: errors.Join(fmt.Errorf("write a mapping file: %w", err), os.Remove(path)), code: exit.State}
	}
	if p.json {
		return p.writeJSON(p.env.Stdout, &fileDocument{path})
	}
	p.bar.Say("wrote " + path + "; remove the # before what you need, and use it with --mapping")
	return nil
}
