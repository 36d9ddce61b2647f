package registry

import (
	"fmt"
	"slices"

	"github.com/twmb/avro"
)

// Level says which versions of a subject a new one has to get along with, and
// in which direction. The names are Confluent's.
type Level string

// The levels. A transitive one looks at all versions, the others at the latest.
const (
	None               Level = "NONE"                // anything goes
	Backward           Level = "BACKWARD"            // the new schema reads old data
	BackwardTransitive Level = "BACKWARD_TRANSITIVE" // ... of every version
	Forward            Level = "FORWARD"             // the old schema reads new data
	ForwardTransitive  Level = "FORWARD_TRANSITIVE"  // ... that of every version
	Full               Level = "FULL"                // both
	FullTransitive     Level = "FULL_TRANSITIVE"     // both, with every version
)

// DefaultLevel holds where none was set.
const DefaultLevel = Backward

// Levels lists all of them.
func Levels() []Level {
	return []Level{None, Backward, BackwardTransitive, Forward, ForwardTransitive, Full, FullTransitive}
}

func (l Level) valid() bool { return slices.Contains(Levels(), l) }

func (l Level) transitive() bool {
	return l == BackwardTransitive || l == ForwardTransitive || l == FullTransitive
}

func (l Level) backward() bool {
	return l == Backward || l == BackwardTransitive || l == Full || l == FullTransitive
}

func (l Level) forward() bool {
	return l == Forward || l == ForwardTransitive || l == Full || l == FullTransitive
}

// conflicts says why the new schema does not get along with the old one, in
// each direction the level asks for. Nil is agreement.
func (l Level) conflicts(old, new *avro.Schema) []string {
	var why []string
	if l.backward() {
		if err := avro.CheckCompatibility(old, new); err != nil {
			why = append(why, fmt.Sprintf("the new schema cannot read data of the old one: %v", err))
		}
	}
	if l.forward() {
		if err := avro.CheckCompatibility(new, old); err != nil {
			why = append(why, fmt.Sprintf("the old schema cannot read data of the new one: %v", err))
		}
	}
	return why
}
