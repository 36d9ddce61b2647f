package simulate

import "time"

// Grid is the set of prices that a book quotes.
type Grid string

// Grids.
const (
	GridNickel   Grid = "nickel"   // American, in steps of 5 cents
	GridPenny    Grid = "penny"    // American, in steps of 1 cent
	GridDecimal  Grid = "decimal"  // decimal, in steps of 0.01 that widen with the price
	GridExchange Grid = "exchange" // Betfair's ladder; the book has back and lay prices and no spreads
)

// Book is one simulated bookmaker. It sees the truth late, errs, takes a margin
// and rounds.
type Book struct {
	Key    string // at The Odds API
	Title  string
	Region string // The Odds API's: us, us2, uk, eu, au

	Margin float64 // booksum minus 1; of an exchange, the gap between back and lay
	Noise  float64 // standard deviation of its error, in logits
	Limit  float64 // the most it takes on a bet

	Lag         time.Duration // behind the truth before a game
	LiveLag     time.Duration // behind the truth in play
	Refresh     time.Duration // between updates before a game
	LiveRefresh time.Duration // between updates in play
	Opens       time.Duration // before the start, give or take a tenth
	Suspend     time.Duration // after a score, beyond its lag

	Live  bool // offers in play
	Whole bool // offers whole-number lines beside half points
	Grid  Grid
}

// DefaultBooks returns the books of the demo: a sharp one, an exchange, the
// large American ones and a few of Europe. Margins are near the measured
// overrounds of such books.
func DefaultBooks() []Book {
	const s, m, h = time.Second, time.Minute, time.Hour
	soft := func(key, title, region string, margin, noise float64, lag time.Duration) Book {
		return Book{Key: key, Title: title, Region: region, Margin: margin, Noise: noise, Limit: 1000,
			Lag: lag, LiveLag: 8 * s, Refresh: 45 * s, LiveRefresh: 12 * s, Opens: 42 * h,
			Suspend: 25 * s, Live: true, Grid: GridNickel}
	}
	with := func(b Book, change func(*Book)) Book { change(&b); return b }
	return []Book{
		{Key: "pinnacle", Title: "Pinnacle", Region: "eu", Margin: .025, Noise: .006, Limit: 10000,
			LiveLag: 3 * s, Refresh: 20 * s, LiveRefresh: 5 * s, Opens: 56 * h, Suspend: 10 * s,
			Live: true, Whole: true, Grid: GridDecimal},
		{Key: "betfair_ex_eu", Title: "Betfair", Region: "eu", Margin: .012, Noise: .01, Limit: 5000,
			Lag: 20 * s, LiveLag: 5 * s, Refresh: 15 * s, LiveRefresh: 5 * s, Opens: 56 * h, Suspend: 15 * s,
			Live: true, Grid: GridExchange},
		with(soft("lowvig", "LowVig.ag", "us", .03, .015, 1*m), func(b *Book) { b.Live, b.Whole, b.Limit = false, true, 5000 }),
		with(soft("betonlineag", "BetOnline.ag", "us", .045, .02, 1*m), func(b *Book) { b.Opens, b.Whole = 52*h, true }),
		with(soft("draftkings", "DraftKings", "us", .045, .035, 2*m), func(b *Book) { b.Grid, b.Opens = GridPenny, 50*h }),
		with(soft("fanduel", "FanDuel", "us", .046, .035, 3*m), func(b *Book) { b.Grid = GridPenny }),
		soft("betmgm", "BetMGM", "us", .047, .045, 5*m),
		soft("williamhill_us", "Caesars", "us", .048, .045, 4*m),
		with(soft("betrivers", "BetRivers", "us", .055, .045, 8*m), func(b *Book) { b.LiveLag = 14 * s }),
		with(soft("bovada", "Bovada", "us", .05, .05, 6*m), func(b *Book) { b.Opens, b.Whole = 34*h, true }),
		with(soft("fanatics", "Fanatics", "us", .05, .05, 7*m), func(b *Book) { b.LiveLag = 15 * s }),
		with(soft("hardrockbet", "Hard Rock Bet", "us2", .05, .06, 10*m), func(b *Book) { b.Opens = 30 * h }),
		with(soft("unibet_eu", "Unibet", "eu", .055, .045, 6*m), func(b *Book) { b.Grid = GridDecimal }),
		with(soft("paddypower", "Paddy Power", "uk", .065, .05, 10*m), func(b *Book) { b.Grid = GridDecimal }),
	}
}
