package api

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/betflow/betflow/internal/calculator"
)

// tools maps patterns to the calculators, whose answers the command line prints
// with --json. Each names the parameters it knows and a request to learn from.
func (s *server) tools() map[string]http.Handler {
	return map[string]http.Handler{
		"GET /api/v1/tools/convert": tool(s, "prices=2.7,7/4&to=american", "prices from to", func(p parameters) (calculator.Conversions, error) {
			return calculator.Convert{Prices: p.list("prices"), From: p.text("from"), To: p.text("to")}.Answer()
		}),
		"GET /api/v1/tools/fair": tool(s, "prices=2.6,2.4,4.3&method=shin", "prices format method winners", func(p parameters) (calculator.FairAnswer, error) {
			return p.fair().Answer()
		}),
		"GET /api/v1/tools/fair/methods": tool(s, "prices=2.6,2.4,4.3", "prices format winners", func(p parameters) (calculator.Comparison, error) {
			return p.fair().Compare()
		}),
		"GET /api/v1/tools/arb": tool(s, "prices=2.10,2.05&stake=1000", "prices format commission stake round", func(p parameters) (calculator.ArbAnswer, error) {
			return calculator.Arb{Prices: p.list("prices"), Format: p.text("format"), Commissions: p.list("commission"), Stake: p.text("stake"), Round: p.text("round")}.Answer()
		}),
		"GET /api/v1/tools/hedge": tool(s, "bet=25@6&prices=2.5,3.5", "bet prices format round", func(p parameters) (calculator.HedgeAnswer, error) {
			return calculator.Hedge{Bet: p.text("bet"), Others: p.list("prices"), Format: p.text("format"), Round: p.text("round")}.Answer()
		}),
		"GET /api/v1/tools/middle": tool(s, "prices=-110,-110&stake=220", "prices format probability stake round", func(p parameters) (calculator.MiddleAnswer, error) {
			return calculator.Middle{Prices: p.list("prices"), Format: p.text("format"), Probability: p.text("probability"), Stake: p.text("stake"), Round: p.text("round")}.Answer()
		}),
		"GET /api/v1/tools/lay": tool(s, "bet=10@5.0&price=5.2&commission=0.02", "bet price format commission free", func(p parameters) (calculator.LayAnswer, error) {
			free, err := p.flag("free")
			if err != nil {
				return calculator.LayAnswer{}, err
			}
			return calculator.Lay{Bet: p.text("bet"), Price: p.text("price"), Format: p.text("format"), Commission: p.text("commission"), Free: free}.Answer()
		}),
		"GET /api/v1/tools/kelly": tool(s, "prices=2.5&probabilities=0.5&bankroll=1000", "prices probabilities format fraction bankroll round", func(p parameters) (calculator.KellyAnswer, error) {
			return calculator.Kelly{Prices: p.list("prices"), Probabilities: p.list("probabilities"), Format: p.text("format"),
				Fraction: p.text("fraction"), Bankroll: p.text("bankroll"), Round: p.text("round")}.Answer()
		}),
		"GET /api/v1/tools/clv": tool(s, "price=2.25&closing=2.05,1.85", "price closing format method line closing_line side league", func(p parameters) (calculator.CLVAnswer, error) {
			q := calculator.CLV{Bet: p.text("price"), Closing: p.list("closing"), Format: p.text("format"), Method: p.text("method"),
				Line: p.text("line"), ClosingLine: p.text("closing_line"), Side: calculator.Side(p.text("side"))}
			if id := p.text("league"); id != "" {
				var known bool
				if q.League, known = s.Catalog.League(id); !known {
					return calculator.CLVAnswer{}, fmt.Errorf("league %q is not known", id)
				}
			}
			return q.Answer()
		}),
	}
}

// tool answers with what a calculator says. Its errors are about the question.
func tool[A any](s *server, example, known string, ask func(parameters) (A, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		hint := "as in " + r.URL.Path + "?" + example
		p, err := parametersOf(r, strings.Fields(known))
		if err != nil {
			s.fail(w, r, badRequest(err.Error(), hint))
			return
		}
		a, err := ask(p)
		if err != nil {
			s.fail(w, r, badRequest(err.Error(), hint))
			return
		}
		s.write(w, http.StatusOK, a)
	}
}

// parameters are those of a question. A plus stands for itself, as in +170, and
// not for a space.
type parameters url.Values

func parametersOf(r *http.Request, known []string) (parameters, error) {
	values, err := url.ParseQuery(strings.ReplaceAll(r.URL.RawQuery, "+", "%2B"))
	if err != nil {
		return nil, fmt.Errorf("reading parameters, where a percent sign is written %%25: %w", err)
	}
	for name := range values {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("parameter %q is none of %s", name, strings.Join(known, ", "))
		}
	}
	return parameters(values), nil
}

func (p parameters) text(name string) string { return url.Values(p).Get(name) }

// list reads values that stand between commas, or in parameters of the same
// name.
func (p parameters) list(name string) (out []string) {
	for _, v := range p[name] {
		if v != "" {
			out = append(out, strings.Split(v, ",")...)
		}
	}
	return out
}

func (p parameters) flag(name string) (bool, error) {
	text := p.text(name)
	if text == "" {
		return false, nil
	}
	v, err := strconv.ParseBool(text)
	if err != nil {
		return false, fmt.Errorf("%s %q is neither true nor false", name, text)
	}
	return v, nil
}

func (p parameters) fair() calculator.Fair {
	return calculator.Fair{Prices: p.list("prices"), Format: p.text("format"), Method: p.text("method"), Winners: p.text("winners")}
}
