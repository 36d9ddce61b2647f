package odds

import (
	"fmt"
	"strings"
)

// Method is a way to take the margin out of prices.
type Method string

// The methods. Their files give formula and source.
const (
	Multiplicative Method = "multiplicative"
	Additive       Method = "additive"
	Power          Method = "power"
	Shin           Method = "shin"
	OddsRatio      Method = "oddsratio"
	Probit         Method = "probit"
	Balanced       Method = "balanced"
	Goto           Method = "goto"
	JSD            Method = "jsd"
)

// DefaultMethod is the method used where the user names none: on 89,985 soccer
// matches it has the lowest log loss of those compared, by a small distance.
const DefaultMethod = Power

// Other names of the same methods, accepted wherever a method is.
const (
	WPO         Method = "wpo"         // margin weights proportional to the odds: Additive
	Logarithmic Method = "logarithmic" // a constant shift of the logit: OddsRatio; Buchdahl gives this name to Power
	Logit       Method = "logit"       // OddsRatio
)

// Methods lists every method once, without its other names.
func Methods() []Method {
	return []Method{Multiplicative, Additive, Power, Shin, OddsRatio, Probit, Balanced, Goto, JSD}
}

// ErrUnknownMethod is returned for a method that does not exist.
var ErrUnknownMethod = fmt.Errorf("unknown method (known: %v, wpo, logarithmic, logit)", Methods())

// ParseMethod returns the method with that name or other name, in any case.
func ParseMethod(name string) (Method, error) {
	m, known := Method(strings.ToLower(strings.TrimSpace(name))).canonical()
	if !known {
		return "", fmt.Errorf("reading %q: %w", name, ErrUnknownMethod)
	}
	return m, nil
}

// canonical resolves other names.
func (m Method) canonical() (Method, bool) {
	switch m {
	case Multiplicative, Additive, Power, Shin, OddsRatio, Probit, Balanced, Goto, JSD:
		return m, true
	case WPO:
		return Additive, true
	case Logarithmic, Logit:
		return OddsRatio, true
	}
	return "", false
}

// ParameterName says what Result.Parameter is for the method; it is empty for
// the one that has none.
func (m Method) ParameterName() string {
	c, _ := m.canonical()
	switch c {
	case Additive:
		return "margin per outcome"
	case Power:
		return "exponent"
	case Shin, Balanced:
		return "insider share"
	case OddsRatio:
		return "odds ratio"
	case Probit:
		return "shift"
	case Goto:
		return "standard errors"
	case JSD:
		return "distance"
	}
	return ""
}

// neutral is the parameter with which the method changes nothing.
func (m Method) neutral() float64 {
	if m == Power || m == OddsRatio {
		return 1
	}
	return 0
}
