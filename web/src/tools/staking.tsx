import { formatPrice, percent, signedPercent } from "../format/odds";
import { money, result } from "../format/money";
import { oddsFormat } from "../state/prefs";
import type { Arb, Hedge, Middle } from "../wire/tools";
import { Facts, Numbers, Verdict } from "./parts";

const price = (value: number) => formatPrice(value, oddsFormat.value);

export function ArbAnswer({ answer }: { answer: Arb }) {
  const { prices, net_prices: net, shares, stakes, profits, total, profit } = answer;
  const charged = net.some((value, i) => value !== prices[i]);
  return (
    <>
      <Verdict>
        {answer.arbitrage ? "Arbitrage: balanced stakes return " : "No arbitrage: balanced stakes return "}
        <strong>{signedPercent(answer.roi, 2)}</strong> whatever comes.
        {profit !== undefined && ` Rounded, at worst ${result(profit)}.`}
      </Verdict>
      <Facts
        facts={[
          ["Prices sum to", percent(answer.booksum, 2)],
          ["Hold", percent(answer.hold, 2)],
          total !== undefined && ["Staked", money(total)],
        ]}
      />
      <Numbers
        heads={["Outcome", "price", ...(charged ? ["after commission"] : []), "share", ...(stakes ? ["stake", "profit if it comes"] : [])]}
        rows={prices.map((value, i) => [
          i + 1,
          price(value),
          ...(charged ? [price(net[i])] : []),
          percent(shares[i], 2),
          ...(stakes ? [money(stakes[i]), result(profits![i])] : []),
        ])}
      />
      {answer.arbitrage && (
        <p class="explain">
          Prices that cross are more often than not prices of which one has moved already, or will be refused. The page{" "}
          <a href="/signals">Signals</a> tells which crossings stood up to that question.
        </p>
      )}
    </>
  );
}

export function HedgeAnswer({ answer }: { answer: Hedge }) {
  const { prices, stakes, profits } = answer;
  return (
    <>
      <Verdict>
        Whatever comes, the result is about <strong>{result(answer.exact)}</strong>; with rounded stakes at worst{" "}
        {result(answer.profit)}.
      </Verdict>
      <Facts
        facts={[
          ["To stake", money(answer.total - stakes[0])],
          ["Staked with the open bet", money(answer.total)],
        ]}
      />
      <Numbers
        heads={["Outcome", "price", "stake", "result if it comes"]}
        rows={prices.map((value, i) => [i === 0 ? "the open bet" : i, price(value), money(stakes[i]), result(profits[i])])}
      />
    </>
  );
}

export function MiddleAnswer({ answer }: { answer: Middle }) {
  const { prices, stakes, profits, both } = answer;
  return (
    <>
      <Verdict>
        The pair breaks even if the result lands between the lines <strong>{percent(answer.break_even, 2)}</strong> of
        the time.
        {answer.ev !== undefined && ` By the chance given it returns ${signedPercent(answer.ev, 2)} of the stakes.`}
      </Verdict>
      <Facts
        facts={[
          ["If it does not land", signedPercent(-answer.cost, 2)],
          answer.ev !== undefined && ["Expected", signedPercent(answer.ev, 2)],
          both !== undefined && ["If both win", result(both)],
        ]}
      />
      <Numbers
        heads={["Bet", "price", ...(stakes ? ["stake", "result if it wins alone"] : [])]}
        rows={prices.map((value, i) => [i + 1, price(value), ...(stakes ? [money(stakes[i]), result(profits![i])] : [])])}
      />
    </>
  );
}
