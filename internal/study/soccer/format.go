package soccer

import (
	"fmt"
	"strings"

	"github.com/betflow/betflow/internal/source/footballdata"
)

// beside shifts the points of one of several series over the same categories, so
// that their error bars can be told apart.
func beside(series, of int) float64 { return 0.16 * (float64(series) - float64(of-1)/2) }

// titles are how books that are in most files write themselves; what the files
// call betwin and vcbet has changed its name.
var titles = map[string]string{
	"betfair": "Betfair", "betfair_exchange": "Betfair Exchange", "betvictor": "BetVictor", "betwin": "bwin", "bluesquare": "Blue Square",
	"gamebookers": "Gamebookers", "interwetten": "Interwetten", "ladbrokes": "Ladbrokes", "pinnacle": "Pinnacle", "stanjames": "Stan James",
	"vcbet": "BetVictor", "williamhill": "William Hill",
}

// bookName writes a name as people do.
func bookName(book string) string {
	if title, ok := titles[book]; ok {
		return title
	}
	return strings.ReplaceAll(book, "_", " ")
}

// capital begins a sentence.
func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// phaseName writes a phase as people do.
func phaseName(phase string) string {
	if phase == footballdata.Closing.String() {
		return "close"
	}
	return "pre-match"
}

// priceName names a book's prices of one phase.
func priceName(book, phase string) string { return bookName(book) + " " + phaseName(phase) }

// either chooses one of two, such as wordings.
func either[T any](yes bool, then, otherwise T) T {
	if yes {
		return then
	}
	return otherwise
}

// ofTests says how many of several tests fail at 5 % and how many would by
// chance.
func ofTests(failed, all int) string {
	return fmt.Sprintf("%d of %d tests fail at 5 %%; chance alone fails %.1f on average", failed, all, 0.05*float64(all))
}
