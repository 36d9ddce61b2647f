import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { percent } from "../format/odds";
import { ms, utc } from "../format/time";
import { leftOutWords, marketName, outcomeLine, outcomeName } from "../format/words";
import { narrowMarket } from "../state/prefs";
import type { Fixture, Market, Outcome } from "../wire/types";
import { useAge } from "../ui/age";
import { Price } from "../ui/price";

interface Props {
  fixture: Fixture;
  market: Market | undefined;
  name: string;
  order: readonly string[];
}

/** One market of a row: the best price of each outcome and what the books say together. */
export function MarketCell({ fixture, market, name, order }: Props) {
  const shown = useMemo(() => computed(() => narrowMarket.value === name), [name]);
  return (
    <div class="market" role="cell" data-market={name} data-narrow={shown} aria-label={marketName(name)}>
      {market ? (
        <>
          {order.map((outcome) => (
            <BestPrice
              key={outcome}
              fixture={fixture}
              market={market}
              name={outcome}
              outcome={market.outcomes.find((state) => state.outcome === outcome)}
            />
          ))}
          <Meta market={market} />
        </>
      ) : (
        <span class="no-market">no market</span>
      )}
    </div>
  );
}

interface BestPriceProps {
  fixture: Fixture;
  market: Market;
  name: string;
  outcome: Outcome | undefined;
}

function BestPrice({ fixture, market, name, outcome }: BestPriceProps) {
  const { level, label } = useAge(ms(outcome?.best_event_time), fixture.state);
  const line = outcomeLine(market.market, name, market.line);
  const points = market.market === "totals" ? (name === "over" ? "o " : "u ") + line : line;
  if (outcome?.best_price == null) {
    return (
      <div class="line quote" data-age="none">
        <span class="points">{points}</span>
        <span class="price">–</span>
        <span class="fair">{percent(outcome?.fair)}</span>
        <span class="book">no price</span>
        <span class="age" />
      </div>
    );
  }
  return (
    <div class="line quote" data-age={level} title={explain(fixture, outcome, name)}>
      <span class="points">{points}</span>
      <Price price={outcome.best_price} of={line} />
      <span class="fair">{percent(outcome.fair)}</span>
      <span class="book">{outcome.best_book}</span>
      <span class="age">{label}</span>
    </div>
  );
}

function explain(fixture: Fixture, outcome: Outcome, name: string): string {
  return [
    `${outcomeName(name, fixture)}: best of ${outcome.prices ?? "?"} prices, at ${outcome.best_book}`,
    `quoted ${utc(outcome.best_event_time)}`,
    `seen ${utc(outcome.best_seen_time)}`,
  ].join("\n");
}

/**
 * The books' mean margin and their number. Best prices that sum to less than
 * one are named "crossed": more often than not one of them has moved already.
 */
function Meta({ market }: { market: Market }) {
  const crossed = market.best_sum != null && market.best_sum < 1;
  const about = [
    `${market.books} books make the consensus; mean hold ${percent(market.hold)}`,
    ...(market.left_out ?? []).map((out) => `left out: ${out.book}, ${leftOutWords(out)}`),
    market.best_sum != null && `best prices sum to ${percent(market.best_sum)}`,
    market.dispersion != null && `books differ by ${percent(market.dispersion)} (standard deviation)`,
    `fair by ${market.method ?? "no method"}`,
    crossed && "Crossed best prices are often a price that is no longer there: look at the ages.",
  ];
  return (
    <div class="meta" title={about.filter(Boolean).join("\n")}>
      {crossed && <span class="crossed">crossed</span>}
      hold {percent(market.hold)} · {market.books === 1 ? "1 book" : `${market.books} books`}
    </div>
  );
}
