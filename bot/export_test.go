package bot

// ErrorWords is what people read of an error, and the reference for the log.
func ErrorWords(err error) (text, ref string) { return words(err) }

// Forbidden is the error of a missing role.
func Forbidden(role Role) error { return forbidden(role) }
