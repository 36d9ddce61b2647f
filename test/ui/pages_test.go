//go:build ui

package ui

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// pricesByKey maps each price of the board, by its fixture and place, to its text.
const pricesByKey = `Object.fromEntries([...document.querySelectorAll(".fixture")].flatMap((row) =>
	[...row.querySelectorAll(".price")].map((price, i) => [row.querySelector(".row-link").href + i, price.textContent])))`

// movesAPrice waits until a price that was there has changed, in a page that
// was not loaded again.
func movesAPrice(p *tab) {
	p.t.Helper()
	p.until("prices on the board", `Object.values(`+pricesByKey+`).filter((price) => price !== "–").length >= 20`, 30*time.Second)
	read[bool](p, `(window.mark = `+pricesByKey+`, true)`)
	p.until("a price of the board to change without a reload",
		`window.mark && Object.entries(`+pricesByKey+`).some(([key, price]) => key in window.mark && window.mark[key] !== "–" && price !== "–" && window.mark[key] !== price)`,
		15*time.Second)
}

// settled waits for the first rows of the board.
func settled(p *tab) {
	p.t.Helper()
	p.until("rows of at least three leagues",
		`document.querySelectorAll(".fixture").length >= 20 && new Set([...document.querySelectorAll(".league-name")].map((e) => e.textContent)).size >= 3`,
		30*time.Second)
}

func testPages(t *testing.T, binary string, browser context.Context) {
	betflow := up(t, binary, t.TempDir(), world(), "--http", "127.0.0.1:0")
	p := open(t, browser, betflow.url+"/", 1440, 900)
	settled(p)
	movesAPrice(p)
	everyPriceHasAnAge(p)
	filters(p)
	formats(p)
	fixture(p)
	analysis(p, betflow.url)
	signals(p, betflow.url)
	tools(p)
	status(p)
	sql(p)
	phone(p, betflow.url)
	p.silent()
	screenshots(t, browser, betflow)
}

func everyPriceHasAnAge(p *tab) {
	p.t.Helper()
	age := regexp.MustCompile(`^((stale )?\d+(s|m|h|d)( \d+[mh])?|closed|no time)$`)
	ages := p.texts(`.quote:not([data-age="none"]) .age`)
	if len(ages) < 50 {
		p.t.Errorf("the board shows %d prices, want at least 50", len(ages))
	}
	for _, text := range ages {
		if !age.MatchString(text) {
			p.t.Errorf("a price has the age %q", text)
		}
	}
}

func filters(p *tab) {
	p.t.Helper()
	all := p.count(".fixture")
	p.click(".filters .chip", "NHL")
	p.until("the board to show one league alone",
		`[...document.querySelectorAll(".league-name")].every((e) => e.textContent === "NHL") && document.querySelector(".fixture") && location.search.includes("league=nhl")`, 15*time.Second)
	p.click(".filters .chip", "NHL")

	team := p.texts(".fixture .team-full")[0]
	p.write(`input[type="search"]`, team)
	p.until("the search to keep the fixtures of "+team,
		`document.querySelector(".fixture") && document.querySelectorAll(".fixture").length < `+strconv.Itoa(all)+` && [...document.querySelectorAll(".fixture")].every((row) => row.textContent.includes(`+strconv.Quote(team)+`))`, 15*time.Second)
	p.write(`input[type="search"]`, "no such team")
	p.until("words for an empty board", `document.body.textContent.includes("No fixture matches these filters")`, 15*time.Second)
	p.click("button", "Clear the filters")
	p.until("the whole board", `document.querySelectorAll(".fixture").length > `+strconv.Itoa(all/2), 15*time.Second)

	p.click(".filters .chip", "Upcoming")
	p.until("upcoming fixtures alone", `[...document.querySelectorAll(".fixture")].every((row) => ["pre", "delayed"].includes(row.dataset.state))`, 15*time.Second)
	p.click(".filters .chip", "All")
}

func formats(p *tab) {
	p.t.Helper()
	written := map[string]*regexp.Regexp{
		"american":    regexp.MustCompile(`^([+−]\d+|–)$`),
		"fractional":  regexp.MustCompile(`^(\d+/\d+|–)$`),
		"probability": regexp.MustCompile(`^(\d+\.\d%|–)$`),
		"decimal":     regexp.MustCompile(`^(\d+(\.\d+)?|–)$`),
	}
	for _, format := range []string{"american", "fractional", "probability", "decimal"} {
		p.choose("Odds format", format)
		eventually(p.t, "prices in the format "+format, 5*time.Second, func() bool {
			for _, price := range p.texts(".fixture .price") {
				if !written[format].MatchString(price) {
					return false
				}
			}
			return true
		})
	}
}

// priced selects the links of fixtures whose winner is priced: a game that is as
// good as over is not.
const priced = `.fixture:has([data-market="h2h"] .quote:not([data-age="none"])) .row-link`

func fixture(p *tab) {
	p.t.Helper()
	p.until("a fixture with prices", "document.querySelector('"+priced+"')", 40*time.Second)
	name := p.openFixture(`all[0]`)
	p.until("the page of "+name, `document.title.startsWith(`+strconv.Quote(name)+`)`, 15*time.Second)
	p.until("the lines of the books", `document.querySelector('[aria-label="Line movement"] .u-over') && document.querySelectorAll(".legend-item").length >= 4`, 15*time.Second)
	if lines := strings.Join(p.texts(".legend-item"), " "); !strings.Contains(lines, "consensus") {
		p.t.Errorf("the lines are %s, want the consensus among them", lines)
	}
	if n := p.count(".books tbody tr"); n < 3 {
		p.t.Errorf("the page lists %d books, want at least 3", n)
	}
	p.choose("Size", "3m")
	p.until("candles of the windows", `document.querySelector(".candles canvas") && document.querySelector('[aria-label="Windows"] .readout')?.textContent.includes("revision")`, 40*time.Second)
	p.until("the link that the licence of the charts asks for", `document.querySelector('[aria-label="Windows"] a[href="https://www.tradingview.com/"]')`, 10*time.Second)
	p.click(".picker .chip", "Total")
	p.until("the total's prices", `[...document.querySelectorAll(".books thead th")].some((e) => e.textContent.startsWith("Over"))`, 15*time.Second)
}

// openFixture clicks one of all priced fixtures and returns its name, in one
// script: rows move while games begin and end.
func (p *tab) openFixture(which string) string {
	p.t.Helper()
	return read[string](p, `(() => {
		const all = [...document.querySelectorAll('`+priced+`')], one = `+which+`;
		one.click();
		return one.getAttribute("aria-label");
	})()`)
}

// analysis looks at a fixture that has not begun: of one that has, the program
// does not know what came before.
func analysis(p *tab, url string) {
	p.t.Helper()
	p.visit(url + "/?state=upcoming")
	// The first of them begins within seconds in a world of this speed, the last
	// has few books yet: one of the middle has both, time and books.
	p.until("fixtures with prices", `document.querySelectorAll('`+priced+`').length >= 10`, 30*time.Second)
	p.openFixture(`all[all.length >> 1]`)
	p.until("models with numbers", `document.querySelectorAll('[aria-label="Models"] .model tbody tr').length >= 3`, 40*time.Second)
	if words := strings.Join(p.texts(`[aria-label="Models"]`), ""); !strings.Contains(words, "the game has not begun") || !strings.Contains(words, "is no edge") {
		p.t.Errorf("the models say %q, want why one of them has no numbers, and that a difference is no edge", words)
	}
	p.until("where the books opened", `document.querySelectorAll('[aria-label="Price discovery"] .discovery tbody tr').length >= 3`, 40*time.Second)
	if words := strings.Join(p.texts(`[aria-label="Price discovery"]`), ""); !strings.Contains(strings.ToLower(words), "not enough data") {
		p.t.Errorf("after seconds of quotes the page says %q, want that data is short", words)
	}
	p.click(".picker .chip", "Total")
	p.until("the discovery of the total", `document.querySelector('[aria-label="Price discovery"] h2').textContent.endsWith("Total")`, 15*time.Second)
}

func status(p *tab) {
	p.t.Helper()
	p.click("nav a", "Status")
	p.until("three sources that answer", `document.querySelectorAll('.source-state[data-state="ok"]').length >= 3`, 10*time.Second)
	p.until("the tasks", `document.querySelectorAll('[aria-label="Tasks"] tbody tr').length >= 4`, 10*time.Second)
	p.until("the topics", `[...document.querySelectorAll('[aria-label="Topics"] th')].some((e) => e.textContent === "raw.theoddsapi")`, 10*time.Second)
}

func sql(p *tab) {
	p.t.Helper()
	p.click("nav a", "SQL")
	p.until("the examples", `document.querySelector(".editor")`, 15*time.Second)
	for _, example := range p.texts(`[aria-label="Example queries"] .chip`) {
		p.click(`[aria-label="Example queries"] .chip`, example)
		p.click("button.primary", "")
		p.until("an answer to the example "+example,
			`document.querySelector("button.primary").textContent === "Run" && document.querySelector('.failure, [aria-label="Result"]')`, 15*time.Second)
		if failures := p.texts(".failure"); len(failures) > 0 {
			p.t.Errorf("the example %q fails: %s", example, failures)
		}
	}
	p.write(".editor", "SELECT nothing FROM nowhere")
	p.until("the text to be taken", `document.querySelector(".editor").value.includes("nowhere")`, 15*time.Second)
	p.click("button.primary", "")
	p.until("the reason why a query fails", `document.querySelector(".failure")?.textContent.includes("nowhere")`, 15*time.Second)
	p.forgive("/api/v1/query")
}

// phone visits every page on a screen as narrow as a phone's.
func phone(p *tab, url string) {
	p.t.Helper()
	p.size(390, 844)
	p.visit(url + "/?state=upcoming") // others may be over before they are visited
	settled(p)
	p.until("a fixture with prices", "document.querySelector('"+priced+"')", 40*time.Second)
	link := read[string](p, `(() => { const all = document.querySelectorAll('`+priced+`'); return all[all.length >> 1].pathname; })()`)
	for path, arrived := range map[string]string{
		"/":            ".fixture",
		link:           ".books tbody tr",
		"/signals":     ".signal",
		"/tools":       ".answer table",
		"/tools/kelly": ".answer table",
		"/status":      `[aria-label="Tasks"] tbody tr`,
		"/sql":         ".editor",
	} {
		p.visit(url + path)
		p.until("the page "+path, `document.querySelector('`+arrived+`')`, 15*time.Second)
		if wide := p.overflows(); wide != "" {
			p.t.Errorf("on a phone the page %s is too wide: %s", path, wide)
		}
	}
}
