import { percent } from "../format/odds";
import { sideName, standing } from "../format/signals";
import { briefSpan, ms, utc } from "../format/time";
import { outcomeLine } from "../format/words";
import { useAge } from "../ui/age";
import { Price } from "../ui/price";
import type { Fixture, SignalLeg, SignalRecord } from "../wire/types";

/** The prices that a signal rests on, each with its age. */
export function Legs({ record, fixture, ended }: { record: SignalRecord; fixture: Fixture | undefined; ended: boolean }) {
  return (
    <div class="legs">
      {(record.legs ?? []).map((leg) => (
        <Leg key={leg.book + leg.outcome + leg.line} leg={leg} record={record} fixture={fixture} ended={ended} />
      ))}
    </div>
  );
}

interface LegProps {
  leg: SignalLeg;
  record: SignalRecord;
  fixture: Fixture | undefined;
  ended: boolean;
}

function Leg({ leg, record, fixture, ended }: LegProps) {
  // What is over is closed: its prices were the market then and say nothing of now.
  const { level, label } = useAge(ms(leg.event_time), ended ? "post" : (fixture?.state ?? "pre"));
  const about = `quoted ${utc(leg.event_time)}\nseen ${utc(leg.seen_time)}`;
  return (
    <div class="leg quote" data-age={level} title={about}>
      <span class="leg-side">
        <span class="leg-name">{sideName(leg.outcome, fixture)}</span> {outcomeLine(record.market, leg.outcome, leg.line)}
      </span>
      <span class="book">
        {leg.book}
        {leg.sharp && (
          <span class="sharp" title="of the sharp set" aria-label="sharp">
            {" "}
            ♯
          </span>
        )}
      </span>
      <Price price={leg.price} of={leg.book + leg.outcome + leg.line} />
      <span class="standing">{leg.stake > 0 && (record.legs?.length ?? 0) > 1 ? `stake ${percent(leg.stake)}` : standing(leg, record)}</span>
      <span class="age">{ended ? ageThen(leg, record) : label}</span>
    </div>
  );
}

/** How old the price was when the last word was said. */
function ageThen(leg: SignalLeg, record: SignalRecord): string {
  const age = ms(record.seen_time) - ms(leg.event_time);
  return Number.isFinite(age) ? `${briefSpan(age)} then` : "no time";
}
