import { useComputed } from "@preact/signals";
import { clockTime, ms, utc } from "../format/time";
import { percent } from "../format/odds";
import { shortName, sideOrder, title } from "../format/words";
import { board } from "../state/board";
import { fixtureHref } from "../state/route";
import type { Fixture, League } from "../wire/types";
import { Sparkline } from "../ui/sparkline";
import { MarketCell } from "./market";

/** One fixture of the board. It renders again when its own fixture changes and at no other time. */
export function FixtureRow({ id, day }: { id: string; day: string }) {
  const fixture = board.fixture(id)?.value;
  if (!fixture) return null;
  const league = board.leagues.value.get(fixture.league);
  const [first, second] = sideOrder(league);
  const market = (name: string) => fixture.markets?.find((market) => market.market === name);
  const threeWay = market("h2h")?.outcomes.some((outcome) => outcome.outcome === "draw") ?? league?.draw ?? false;
  return (
    <div class="row fixture" role="row" data-state={fixture.state}>
      <div class="cell-game" role="rowheader">
        <When fixture={fixture} day={day} />
        <div class="teams">
          <Team fixture={fixture} side={first} />
          <Team fixture={fixture} side={second} />
          <div class="line third">
            {threeWay ? <span class="draw">Draw</span> : <Note fixture={fixture} />}
            <SignalMark id={id} />
          </div>
        </div>
        <a class="row-link" href={fixtureHref(id)} aria-label={title(fixture, league)} />
      </div>
      <MarketCell fixture={fixture} market={market("h2h")} name="h2h" order={threeWay ? [first, second, "draw"] : [first, second]} />
      <MarketCell fixture={fixture} market={market("spreads")} name="spreads" order={[first, second]} />
      <MarketCell fixture={fixture} market={market("totals")} name="totals" order={["over", "under"]} />
      <Trend fixture={fixture} league={league} />
    </div>
  );
}

function When({ fixture, day }: { fixture: Fixture; day: string }) {
  const start = ms(fixture.start_time);
  const playing = fixture.state === "in";
  return (
    <div class="when">
      <div class="line" title={`Start ${utc(fixture.start_time)}`}>
        {playing ? <strong class="playing">{briefly(stateWords(fixture))}</strong> : clockTime(start)}
      </div>
      <div class="line situation">{playing ? fixture.situation : fixture.state === "pre" ? day : stateWords(fixture)}</div>
    </div>
  );
}

/** The same words without those that the number before them implies: "10:23 - 3rd". */
const briefly = (words: string) => words.replace(/(\d(st|nd|rd|th)) (quarter|period|half|inning)$/i, "$1");

/** Where the game stands, in the provider's words where it has some. */
export function stateWords(fixture: Fixture): string {
  if (fixture.state === "in") {
    return fixture.detail || [fixture.period && `P${fixture.period}`, fixture.clock].filter(Boolean).join(" ") || "In play";
  }
  if (fixture.state === "post") return fixture.detail || "Final";
  return fixture.state;
}

function Team({ fixture, side }: { fixture: Fixture; side: "home" | "away" }) {
  const team = fixture[side];
  const other = fixture[side === "home" ? "away" : "home"];
  const won = fixture.state === "post" && (team.score ?? 0) > (other.score ?? 0);
  return (
    <div class="line team" data-won={won || undefined}>
      <span class="team-name" title={team.name}>
        <span class="team-full">{team.name}</span>
        <span class="team-short">{shortName(team)}</span>
      </span>
      {fixture.possession === side && fixture.state === "in" && (
        <span class="possession" title="In possession" aria-label="in possession">
          ◆
        </span>
      )}
      {team.score == null ? <span class="record">{team.record}</span> : <span class="score">{team.score}</span>}
    </div>
  );
}

/** The weather in a few words, where the game is played under the sky. */
function Note({ fixture }: { fixture: Fixture }) {
  const weather = fixture.weather;
  if (!weather || weather.temperature_c == null || fixture.state === "post") return null;
  const parts = [
    `${Math.round(weather.temperature_c)} °C`,
    weather.wind_ms != null && weather.wind_ms >= 5 && `wind ${weather.wind_ms.toFixed(0)} m/s`,
    weather.condition,
  ];
  return <span class="note muted">{parts.filter(Boolean).join(" · ")}</span>;
}

/** How many signals are open on the fixture. It renders when their number changes. */
function SignalMark({ id }: { id: string }) {
  const count = useComputed(() => board.signals.byFixture.value.get(id)?.length ?? 0).value;
  if (count === 0) return null;
  return <span class="signal-mark">{count === 1 ? "1 signal" : `${count} signals`}</span>;
}

function Trend({ fixture, league }: { fixture: Fixture; league: League | undefined }) {
  const points = fixture.sparkline ?? [];
  // The line is history; the number beside it must be of a market that stands.
  const market = fixture.markets?.find((market) => market.market === "h2h");
  const fair = market?.outcomes.find((outcome) => outcome.outcome === "home")?.fair;
  const name = shortName(fixture.home);
  return (
    <div class="cell-trend" role="cell" data-sport={league?.sport}>
      <Sparkline points={points} label={`Fair probability of ${name}`} />
      <span class="trend-value">{percent(fair)}</span>
    </div>
  );
}
