package backoff_test

import (
	"fmt"
	"time"

	"smarketer/store/backoff"
)

func ExamplePolicy_After() {
	p := backoff.Policy{Min: time.Second, Max: time.Minute}
	wait := p.After(3) // about four seconds: between two and six
	fmt.Println(wait >= 2*time.Second && wait < 6*time.Second)
	// Output: true
}
