package backtest

import (
	"fmt"
	"slices"
	"time"

	"github.com/betflow/betflow/internal/bet"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/metric"
	"github.com/betflow/betflow/internal/odds"
)

// Strategy is what to bet on, when, and how much. docs/backtest.md says what each
// field means.
type Strategy struct {
	Name       string             `yaml:"name" json:"name"`
	Doc        string             `yaml:"doc" json:"doc,omitempty"`
	Universe   Universe           `yaml:"universe" json:"universe"`
	Entry      Entry              `yaml:"entry" json:"entry"`
	Staking    Staking            `yaml:"staking" json:"staking"`
	Limits     Limits             `yaml:"limits" json:"limits"`
	Commission map[string]float64 `yaml:"commission" json:"commission,omitempty"` // by book, of net winnings
	Latency    metric.Span        `yaml:"latency" json:"latency"`                 // from the decision until the bet has reached the book
	Bankroll   Amount             `yaml:"bankroll" json:"bankroll"`
	Currency   string             `yaml:"currency" json:"currency"`
}

// Universe is where a strategy looks. Empty lists stand for all.
type Universe struct {
	Leagues []string `yaml:"leagues" json:"leagues,omitempty"`
	Markets []string `yaml:"markets" json:"markets,omitempty"`
	Periods []string `yaml:"periods" json:"periods,omitempty"` // the full game if empty
	Start   Window   `yaml:"start" json:"start"`               // time to the start of the game
	InPlay  bool     `yaml:"in_play" json:"in_play,omitempty"` // only while the game is under way, instead of before it
}

// Window is a span of time before the start.
type Window struct {
	From metric.Span `yaml:"from" json:"from"` // the earliest; 0: at any time
	To   metric.Span `yaml:"to" json:"to"`     // the latest
}

// Entry is what a price must be for a bet on it.
type Entry struct {
	Signal    string      `yaml:"signal" json:"signal,omitempty"` // a rule whose openings are followed; empty: every price is looked at
	Books     []string    `yaml:"books" json:"books,omitempty"`   // that may be bet with; all if empty
	EV        Range       `yaml:"ev" json:"ev"`                   // expected profit of a unit by the other books' consensus
	Price     Range       `yaml:"price" json:"price"`             // decimal
	MinBooks  int         `yaml:"min_books" json:"min_books"`     // others with an opinion
	MaxAge    metric.Span `yaml:"max_age" json:"max_age"`         // older prices count for nothing
	Consensus Consensus   `yaml:"consensus" json:"consensus"`
	// Chance makes the strategy a control: it looks at no price but bets on this
	// share of what it could bet on, drawn by the seed.
	Chance float64 `yaml:"chance" json:"chance,omitempty"`
}

// Range is from Min to Max; nil ends are open.
type Range struct {
	Min *float64 `yaml:"min" json:"min,omitempty"`
	Max *float64 `yaml:"max" json:"max,omitempty"`
}

// holds tells whether a number is in the range.
func (r Range) holds(v float64) bool {
	return (r.Min == nil || v >= *r.Min) && (r.Max == nil || v <= *r.Max)
}

func (r Range) set() bool { return r.Min != nil || r.Max != nil }

// Consensus is how the other books' prices become a probability.
type Consensus struct {
	Method  odds.Method  `yaml:"method" json:"method"`
	Average odds.Average `yaml:"average" json:"average"`
	Books   []string     `yaml:"books" json:"books,omitempty"` // whose opinion counts; all if empty
	MADs    float64      `yaml:"outliers" json:"outliers"`     // median absolute deviations beyond which a book is left out; 0: none is
}

// Staking is how much to bet. Exactly one field is set.
type Staking struct {
	Flat  Amount  `yaml:"flat" json:"flat,omitempty"`     // the same on each
	ToWin Amount  `yaml:"to_win" json:"to_win,omitempty"` // what wins the same on each
	Kelly float64 `yaml:"kelly" json:"kelly,omitempty"`   // share of the Kelly stake, of the money that is not at risk
}

// Limits cut stakes. Empty ones do not.
type Limits struct {
	Bet     Amount `yaml:"bet" json:"bet,omitempty"`
	Fixture Amount `yaml:"fixture" json:"fixture,omitempty"`
	Day     Amount `yaml:"day" json:"day,omitempty"`     // of the games' day
	Open    Amount `yaml:"open" json:"open,omitempty"`   // at risk at once
	Least   Amount `yaml:"least" json:"least,omitempty"` // below which no bet is placed
}

// Amount is money as it stands in a file. It is read once the currency is known.
type Amount string

// UnmarshalYAML takes numbers as they are written: 0.1 stays exact.
func (a *Amount) UnmarshalYAML(text []byte) error {
	*a = Amount(trimQuotes(string(text)))
	return nil
}

// minor returns minor units, 0 for an empty amount.
func (a Amount) minor(currency string) int64 {
	if a == "" {
		return 0
	}
	v, err := bet.ParseAmount(string(a), currency)
	if err != nil {
		panic("backtest: " + err.Error()) // held by Validate
	}
	return v
}

// Defaults of a strategy's fields.
const (
	defaultMaxAge   = metric.Span(10 * time.Minute)
	defaultBankroll = Amount("10000")
	defaultMinBooks = 2
)

// FieldError is a field of a strategy that cannot be.
type FieldError struct {
	Field  string // such as entry.ev
	Reason string
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Reason }

// complete fills in defaults.
func (s *Strategy) complete() {
	if s.Currency == "" {
		s.Currency = bet.DefaultCurrency
	}
	if s.Bankroll == "" {
		s.Bankroll = defaultBankroll
	}
	if s.Entry.MaxAge == 0 {
		s.Entry.MaxAge = defaultMaxAge
	}
	if s.Entry.MinBooks == 0 {
		s.Entry.MinBooks = defaultMinBooks
	}
	if s.Entry.Consensus.Method == "" {
		s.Entry.Consensus.Method = odds.DefaultMethod
	} else if m, err := odds.ParseMethod(string(s.Entry.Consensus.Method)); err == nil {
		s.Entry.Consensus.Method = m
	}
	if s.Entry.Consensus.Average == "" {
		s.Entry.Consensus.Average = odds.Mean
	}
	if len(s.Universe.Periods) == 0 {
		s.Universe.Periods = []string{feed.PeriodFull}
	}
}

// Validate returns the first field that cannot be, as a *FieldError.
func (s *Strategy) Validate() error {
	for _, check := range []struct {
		ok     bool
		field  string
		reason string
	}{
		{s.Name != "", "name", "give the strategy a name"},
		{s.Universe.Start.From == 0 || s.Universe.Start.From >= s.Universe.Start.To, "universe.start", "from is the earlier end, and further from the start than to"},
		{!s.Universe.InPlay || s.Universe.Start == Window{}, "universe.start", "a game under way has no time to its start"},
		{s.Entry.Signal == "" || slices.Contains(feed.SignalRules(), s.Entry.Signal), "entry.signal", fmt.Sprintf("%q is none of %v", s.Entry.Signal, feed.SignalRules())},
		{s.Entry.Chance >= 0 && s.Entry.Chance <= 1, "entry.chance", "it is a share from 0 to 1"},
		{s.Entry.Chance == 0 || s.Entry.Signal == "" && !s.Entry.EV.set(), "entry.chance", "a control looks at no signal and no ev"},
		{s.Entry.Chance > 0 || s.Entry.Signal != "" || s.Entry.EV.Min != nil, "entry", "name a signal, a least ev, or a chance for a control"},
		{s.Entry.MinBooks > 0, "entry.min_books", "a consensus needs a book"},
		{slices.Contains(odds.Methods(), s.Entry.Consensus.Method), "entry.consensus.method", fmt.Sprintf("%q is no method", s.Entry.Consensus.Method)},
		{slices.Contains([]odds.Average{odds.Mean, odds.Median, odds.LogitMean}, s.Entry.Consensus.Average), "entry.consensus.average", "known: mean, median, logit"},
		{s.Entry.Consensus.MADs >= 0, "entry.consensus.outliers", "it is 0 or more median absolute deviations"},
		{s.Staking.ways() == 1, "staking", "name one of flat, to_win and kelly"},
		{s.Staking.Kelly >= 0 && s.Staking.Kelly <= 1, "staking.kelly", "it is a share of the full Kelly stake, up to 1"},
		{s.Staking.Kelly == 0 || s.Entry.Chance == 0, "staking.kelly", "a control knows no probability to size its bets by"},
	} {
		if !check.ok {
			return &FieldError{check.field, check.reason}
		}
	}
	return s.validateMoney()
}

func (st *Staking) ways() (n int) {
	for _, set := range []bool{st.Flat != "", st.ToWin != "", st.Kelly != 0} {
		if set {
			n++
		}
	}
	return n
}

func (s *Strategy) validateMoney() error {
	if _, err := bet.ParseCurrency(s.Currency); err != nil {
		return &FieldError{"currency", err.Error()}
	}
	for _, a := range []struct {
		field  string
		amount Amount
	}{
		{"bankroll", s.Bankroll}, {"staking.flat", s.Staking.Flat}, {"staking.to_win", s.Staking.ToWin}, {"limits.bet", s.Limits.Bet},
		{"limits.fixture", s.Limits.Fixture}, {"limits.day", s.Limits.Day}, {"limits.open", s.Limits.Open}, {"limits.least", s.Limits.Least},
	} {
		if a.amount == "" {
			continue
		}
		if _, err := bet.ParseAmount(string(a.amount), s.Currency); err != nil {
			return &FieldError{a.field, err.Error()}
		}
	}
	for book, c := range s.Commission {
		if !(c >= 0 && c < 1) {
			return &FieldError{"commission." + book, "it is no share below 1"}
		}
	}
	for i, r := range []Range{s.Entry.EV, s.Entry.Price} {
		if r.Min != nil && r.Max != nil && *r.Min > *r.Max {
			return &FieldError{[]string{"entry.ev", "entry.price"}[i], "min is above max"}
		}
	}
	return nil
}
