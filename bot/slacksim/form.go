package slacksim

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// form is what people have filled into the elements of a view or a message.
type form struct {
	values    map[string]map[string]Value    // by block ID, action ID
	suggested map[string]map[string][]Option // answers to block_suggestion
}

func put[T any](m *map[string]map[string]T, block, action string, v T) {
	if *m == nil {
		*m = map[string]map[string]T{}
	}

	if (*m)[block] == nil {
		(*m)[block] = map[string]T{}
	}

	(*m)[block][action] = v
}

// keep returns the form after its blocks changed: what was filled in stays where
// block_id, action_id and type stay the same; the rest starts at its initial value.
func (f form) keep(elements []control) form {
	next := form{values: map[string]map[string]Value{}, suggested: f.suggested}
	for _, c := range elements {
		if !c.hasState() {
			continue
		}

		v, filled := f.values[c.BlockID][c.ActionID]
		if !filled || v.Type != c.Type {
			v = c.initial()
		}

		put(&next.values, c.BlockID, c.ActionID, v)
	}

	return next
}

func (f form) state() ViewState {
	values := map[string]map[string]Value{}
	for block, actions := range f.values {
		for action, v := range actions {
			put(&values, block, action, v)
		}
	}

	return ViewState{Values: values}
}

func findControl(elements []control, block, action string) (control, error) {
	i := slices.IndexFunc(elements, func(c control) bool { return c.BlockID == block && c.ActionID == action })
	if i < 0 {
		return control{}, fmt.Errorf("%w: no element has block_id %q and action_id %q", ErrNotFound, block, action)
	}

	return elements[i], nil
}

// read turns what a person put into an element into its state.
func (f form) read(c control, in Input) (Value, error) {
	v := Value{Type: c.Type, Timezone: c.Timezone}
	var err error
	switch valueFields[c.Type] {
	case "value":
		v.Text = in.Value
	case "rich_text_value":
		if in.Value != "" {
			v.RichText = richTextOf(in.Value)
		}
	case "selected_option":
		if in.Value != "" {
			var o Option
			o, err = f.option(c, in.Value)
			v.Option = &o
		}
	case "selected_options":
		for _, value := range in.Values {
			o, notOffered := f.option(c, value)
			err = cmp.Or(err, notOffered)
			v.Options = append(v.Options, o)
		}
	case "selected_user", "selected_channel", "selected_conversation":
		v.ID = in.Value
	case "selected_users", "selected_channels", "selected_conversations":
		v.IDs = in.Values
	case "selected_date":
		v.Date, err = in.Value, parses(time.DateOnly, in.Value)
	case "selected_time":
		v.Time, err = in.Value, parses("15:04", in.Value)
	case "selected_date_time":
		if in.Value != "" {
			v.DateTime, err = strconv.ParseInt(in.Value, 10, 64)
		}
	}

	if err != nil {
		return Value{}, fmt.Errorf("%s in block %q: %w", c.Type, c.BlockID, err)
	}

	return v, nil
}

func parses(layout, s string) error {
	if s == "" {
		return nil
	}

	_, err := time.Parse(layout, s)
	return err
}

// option finds a choice by its value among those on offer.
func (f form) option(c control, value string) (Option, error) {
	on := c.allOptions()
	if c.Type == "external_select" || c.Type == "multi_external_select" {
		on = append(slices.Clone(f.suggested[c.BlockID][c.ActionID]), c.InitialOptions...)
		if c.InitialOption != nil {
			on = append(on, *c.InitialOption)
		}
	}

	i := slices.IndexFunc(on, func(o Option) bool { return o.Value == value })
	if i < 0 {
		return Option{}, fmt.Errorf("%q is not on offer", value)
	}

	return on[i], nil
}

var wholeNumber = regexp.MustCompile(`^-?\d+$`)

// complaint returns what Slack's own client says about a field before it lets a
// person submit, or "".
func (c control) complaint(v Value) string {
	if v.IsEmpty() || v.RichText != nil && plainOf(v.RichText) == "" {
		if c.Optional {
			return ""
		}

		return "Please complete this required field."
	}

	switch c.Type {
	case "plain_text_input":
		n := length(v.Text)
		if n < c.MinLength {
			return fmt.Sprintf("Please enter at least %d characters.", c.MinLength)
		}

		if most := cmp.Or(c.MaxLength, maxInputText); n > most {
			return fmt.Sprintf("Please enter no more than %d characters.", most)
		}
	case "email_text_input":
		if !isMailAddress(v.Text) {
			return "Please enter a valid email address."
		}
	case "url_text_input":
		if !isWebAddress(v.Text) {
			return "Please enter a valid URL."
		}
	case "number_input":
		return c.numberComplaint(v.Text)
	}

	if c.MaxSelectedItems > 0 && len(v.Options)+len(v.IDs) > c.MaxSelectedItems {
		return fmt.Sprintf("Please choose no more than %d.", c.MaxSelectedItems)
	}

	return ""
}

func (c control) numberComplaint(text string) string {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return "Please enter a number."
	}

	if !c.IsDecimalAllowed && !wholeNumber.MatchString(text) {
		return "Please enter a whole number."
	}

	if least, err := strconv.ParseFloat(c.MinValue, 64); err == nil && n < least {
		return fmt.Sprintf("Please enter %s or more.", c.MinValue)
	}

	if most, err := strconv.ParseFloat(c.MaxValue, 64); err == nil && n > most {
		return fmt.Sprintf("Please enter %s or less.", c.MaxValue)
	}

	return ""
}
