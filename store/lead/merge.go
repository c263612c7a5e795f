package lead

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// merge takes over what the newer report says, keeps what it leaves out, and
// joins the touches.
func merge(old, in Lead) Lead {
	m := old
	for to, from := range map[*string]string{
		&m.Name: in.Name, &m.Title: in.Title, &m.Company: in.Company, &m.Domain: in.Domain, &m.Email: in.Email,
		&m.Country: in.Country, &m.Industry: in.Industry, &m.Interest: in.Interest, &m.OwnerEmail: in.OwnerEmail, &m.URL: in.URL,
	} {
		*to = cmp.Or(from, *to)
	}

	m.Employees, m.Score = cmp.Or(in.Employees, m.Employees), cmp.Or(in.Score, m.Score)

	m.Attributes = maps.Clone(old.Attributes)
	if m.Attributes == nil && len(in.Attributes) > 0 {
		m.Attributes = map[string]string{}
	}

	maps.Copy(m.Attributes, in.Attributes)

	m.Touches = mergeTouches(old.Touches, in.Touches)

	return m
}

// mergeTouches joins two lists in order of time, drops what is in both, and
// keeps the newest [MaxTouches].
func mergeTouches(a, b []Touch) []Touch {
	all := slices.Concat(a, b)
	for i := range all {
		all[i].At = all[i].At.UTC().Truncate(time.Millisecond)
	}

	slices.SortStableFunc(all, func(x, y Touch) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Title, y.Title), cmp.Compare(x.URL, y.URL))
	})
	all = slices.Compact(all)
	return all[max(0, len(all)-MaxTouches):]
}

// saysTheSame tells whether two leads agree in all that a sender can tell.
func saysTheSame(a, b Lead) bool {
	same := maps.Equal(a.Attributes, b.Attributes) && slices.Equal(a.Touches, b.Touches)
	return same && a.Name == b.Name && a.Title == b.Title && a.Company == b.Company && a.Domain == b.Domain &&
		a.Email == b.Email && a.Country == b.Country && a.Industry == b.Industry && a.Interest == b.Interest &&
		a.OwnerEmail == b.OwnerEmail && a.URL == b.URL && a.Employees == b.Employees && a.Score == b.Score
}

// touchedSince tells whether a lead that was returned has been in touch again
// since. What comes in late, of before, is no reason to bother sales anew.
func touchedSince(old, l Lead) bool {
	return slices.ContainsFunc(l.Touches, func(t Touch) bool {
		return t.At.After(old.ReturnedAt) && !slices.Contains(old.Touches, t)
	})
}
