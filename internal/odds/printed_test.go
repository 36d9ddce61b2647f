package odds

import (
	"errors"
	"math"
	"testing"
)

// figures are answers as a page prints them, with ten digits.
type figures struct {
	method    Method
	want      []float64 // one at least; the page leaves out what follows from it
	parameter float64   // 0 where it prints none
}

// TestMethodsAgreeWithPrintedFigures holds every figure that the authors of the
// formulas and of other packages print, or that was solved for the same prices
// elsewhere.
func TestMethodsAgreeWithPrintedFigures(t *testing.T) {
	for _, set := range []struct {
		name    string
		prices  []float64
		booksum float64
		figures []figures
	}{
		{"documentation of shin", []float64{2.6, 2.4, 4.3}, 1.03384019082, []figures{
			{Multiplicative, []float64{.3720259553, .4030281182, .2249459265}, 0},
			{Additive, []float64{.373335321, .4053866031, .2212780759}, 0},
			{WPO, []float64{.373335321, .4053866031, .2212780759}, 0},
			{Power, []float64{.3729844041, .4051071675, .2219084285}, 1.03213695398},
			{Shin, []float64{.37299406033208965, .4047794109200184, .2222265287474275}, .01694251276407055},
			{OddsRatio, []float64{.3724286508, .4041313043, .2234400448}, 1.05317378866},
			{Probit, []float64{.3726003602, .4043818678, .223017772}, .0315928066},
			{Balanced, []float64{.3740238077, .4066267344, .2193494579}, .0169200954},
			{Goto, []float64{.3736650832, .4060053424, .2203295745}, 0},
			{JSD, []float64{.3728587766, .4047430669, .2223981565}, .00856913649},
		}},
		{"documentation of penaltyblog, +170 +130 +340", []float64{2.7, 2.3, 4.4}, 1.0324257063387499, []figures{
			{Multiplicative, []float64{.35873803615739097, .4211272598369373, .22013470400567173}, 0},
			{Additive, []float64{.3595618016, .4239740399, .2164641585}, 0},
			{Power, []float64{.3591710999, .423730753, .2170981472}, 1.03091323932},
			{Shin, []float64{.35934391959159157, .42324384818283234, .21741223222458853}, .0162364428563},
			{OddsRatio, []float64{.3588103621, .4225614222, .2186282157}, 1.05116912729},
			{Probit, []float64{.3589460952, .422846997, .2182069078}, .0304046895},
		}},
		{"two outcomes", []float64{1.5, 2.74}, 1.03163017032, []figures{
			{Multiplicative, []float64{.6462264151, .3537735849}, 0},
			{Additive, []float64{.6508515815085157, .3491484184914841}, 0},
			{Shin, []float64{.6508515815085157, .3491484184914841}, .03172728540646625},
			{Power, []float64{.6531522798, .3468477202}, 1.05050957052},
			{OddsRatio, []float64{.6510178183, .3489821817}, 1.07211253484},
			{Probit, []float64{.6509827196, .3490172804}, 0},
			{Balanced, []float64{.6557788945}, 0},
			{Goto, []float64{.6533781143}, 0},
			{JSD, []float64{.6509346686}, 0},
		}},
		{"favourite", []float64{1.2, 4.8}, 1.0416666667, []figures{
			{Multiplicative, []float64{.8, .2}, 0},
			{Additive, []float64{.8125, .1875}, 0},
			{Shin, []float64{.8125, .1875}, .042735042735},
			{Power, []float64{.8195379903}, 1.09155783557},
			{OddsRatio, []float64{.8133945031}, 1.14707866935},
			{Probit, []float64{.8132186423}, 0},
		}},
		{"-110 -110", []float64{210.0 / 110, 210.0 / 110}, 22.0 / 21, []figures{
			{Power, []float64{.5, .5}, 1.07194256313},
			{OddsRatio, []float64{.5, .5}, 1.1},
			{Shin, []float64{.5, .5}, 1.0 / 21},
		}},
		{"documentation of implied", []float64{4.20, 3.70, 1.95}, 1.02118602119, []figures{
			{Multiplicative, []float64{.2331555986, .264663112, .5021812894}, 0},
			{Additive, []float64{.231033231, .2632082632, .5057585058}, 0},
			{Power, []float64{.2311409798, .2630640924, .5057949278}, 1.02065587535},
			{Shin, []float64{.2315719589, .2635744963, .5048535448}, .010608058155},
			{OddsRatio, []float64{.2320045269, .2636412959, .5043541772}, 1.03445647633},
			{Probit, []float64{.2318047663, .2635402372, .5046549965}, 0},
			{Balanced, []float64{.2299379628, .2624574745, .5076045627}, 0},
			{Goto, []float64{.2304696951, .2628074763, .5067228286}, 0},
			{JSD, []float64{.231521613, .263410823, .505067564}, 0},
		}},
		{"six outcomes of Clarke et al.", []float64{1 / .870, 5, 10, 20, 50, 100}, 1.25, []figures{
			{Multiplicative, []float64{.696, .16, .08, .04, .016, .008}, 0},
			{Additive, []float64{.87 - .25/6, .2 - .25/6, .1 - .25/6, .05 - .25/6, .02 - .25/6, .01 - .25/6}, 0},
			{Power, []float64{.8257503238, .1094030109, .04218535517, .01626650104, .004615204871, .001779604191}, 1.37483829012},
			{Shin, []float64{.76878636, .1474864285, .05896848739, .02002143449, .003766358262, .0009709313}, .0815033212},
			{OddsRatio, []float64{.7819907173, .118162407, .05620633407, .02743566246, .01082006648, .005384812717}, 1.86573212119},
			{Probit, []float64{.7879513174, .1212664142, .05385085344, .0243098389, .008637378402, .003984197703}, .3270581574},
		}},
	} {
		t.Run(set.name, func(t *testing.T) {
			for _, f := range set.figures {
				got, err := Fair(nil, f.method, set.prices)
				if err != nil {
					t.Fatal(err)
				}
				closeTo(t, "booksum", got.Booksum, set.booksum)
				for i, want := range f.want {
					closeTo(t, string(f.method), got.Probabilities[i], want)
				}
				if f.parameter != 0 {
					closeTo(t, string(f.method)+" parameter", got.Parameter, f.parameter)
				}
			}
		})
	}
}

func TestLinearMethodsFlagNegativeLongShots(t *testing.T) {
	prices := []float64{1 / .870, 5, 10, 20, 50, 100}
	for m, problematic := range map[Method]bool{
		Additive: true, WPO: true, Balanced: true, Goto: true, JSD: true,
		Multiplicative: false, Power: false, Shin: false, OddsRatio: false, Probit: false,
	} {
		got, err := Fair(nil, m, prices)
		if err != nil {
			t.Fatal(err)
		}
		if got.Problematic() != problematic {
			t.Errorf("%s: %v with status %s", m, got.Probabilities, got.Status)
		}
	}
}

func TestPricesBelowOneHundredPercentAreRefused(t *testing.T) {
	prices := []float64{6, 7, 8, 9, 10, 12, 15, 21}
	for _, m := range Methods() {
		got, err := Fair(nil, m, prices)
		if m != Multiplicative && !errors.Is(err, ErrUnderround) || got.Status != StatusUnderround {
			t.Errorf("%s: status %s, error %v", m, got.Status, err)
		}
		if math.Abs(got.Booksum-.843254) > 5e-7 {
			t.Errorf("booksum %v", got.Booksum)
		}
	}
}
