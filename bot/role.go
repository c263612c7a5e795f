package bot

// Role says what a person may do; a person may have several.
type Role string

// The roles. Anyone in the workspace may look and give; a role is needed to
// decide.
const (
	Sales     Role = "sales"
	Marketing Role = "marketing"
	Admin     Role = "admin"
)
