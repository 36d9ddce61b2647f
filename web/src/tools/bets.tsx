import { formatPrice, percent, signed, signedPercent } from "../format/odds";
import { money, result } from "../format/money";
import { oddsFormat } from "../state/prefs";
import type { Clv, Kelly, Lay } from "../wire/tools";
import { Facts, Numbers, Verdict } from "./parts";

const price = (value: number) => formatPrice(value, oddsFormat.value);
const minus = (line: number) => String(line).replace("-", "−");

export function LayAnswer({ answer }: { answer: Lay }) {
  return (
    <>
      <Verdict>
        Lay <strong>{money(answer.lay_stake)}</strong> at {price(answer.lay)}: the result is{" "}
        <strong>{result(answer.result)}</strong> whatever comes, {signedPercent(answer.rate, 2)} of the stake.
      </Verdict>
      <Facts
        facts={[
          ["Lay stake", money(answer.lay_stake)],
          ["Liability", money(answer.liability)],
          ["Result", result(answer.result)],
          ["Backed", `${money(answer.stake)} at ${price(answer.price)}`],
        ]}
      />
      <p class="explain">The liability is what the exchange takes if the outcome comes; it must be in the account.</p>
    </>
  );
}

export function KellyAnswer({ answer }: { answer: Kelly }) {
  const { bets, stake } = answer;
  return (
    <>
      <Verdict>
        {answer.share > 0 ? (
          <>
            Stake <strong>{percent(answer.share, 2)}</strong> of the bankroll{stake !== undefined && `: ${money(stake)}`}.
          </>
        ) : (
          "Stake nothing: no price is worth more than it costs."
        )}
      </Verdict>
      <Facts
        facts={[
          ["Fraction of Kelly", answer.fraction],
          ["Expected growth", signedPercent(answer.growth, 3)],
          answer.fraction < 1 && ["With full stakes", signedPercent(answer.full_growth, 3)],
        ]}
      />
      <Numbers
        heads={["Outcome", "price", "probability", "EV", "full Kelly", "share", ...(stake !== undefined ? ["stake"] : [])]}
        rows={bets.map((bet, i) => [
          i + 1,
          price(bet.price),
          percent(bet.probability),
          signedPercent(bet.ev),
          percent(bet.full, 2),
          percent(bet.share, 2),
          ...(stake !== undefined ? [money(bet.stake)] : []),
        ])}
      />
      <p class="explain">
        Growth is of the bankroll's logarithm, a bet. It is no better than the probabilities: one that is too high by the
        edge makes the stake a losing one.
      </p>
    </>
  );
}

export function ClvAnswer({ answer }: { answer: Clv }) {
  const { no_vig: noVig, line, points } = answer;
  return (
    <>
      <Verdict>
        At the close's opinion the bet was worth <strong>{signedPercent(noVig, 2)}</strong> of its stake
        {points !== undefined && ", its line counted"}.
      </Verdict>
      <Facts
        facts={[
          ["Against the closing price", signedPercent(answer.price, 2)],
          ["Without the margin", signedPercent(noVig, 2)],
          ["In probability", signed(answer.probability * 100, 2) + " points"],
          ["In cents", signed(answer.cents, 1)],
          points !== undefined && ["Points gained", signed(points, 2)],
        ]}
      />
      <Numbers
        heads={["", "bet", "close", "fair at the close"]}
        rows={[
          ["Price", price(answer.bet), price(answer.closing[0]), price(1 / answer.fair)],
          ["Probability", percent(1 / answer.bet, 2), percent(1 / answer.closing[0], 2), percent(answer.fair, 2)],
          ...(line !== undefined ? [["Line", minus(line), minus(answer.closing_line!), ""]] : []),
        ]}
      />
      <p class="explain">
        The margin of the closing prices is taken out by {answer.method}. One bet proves nothing: closing line value tells
        over hundreds.
      </p>
    </>
  );
}
