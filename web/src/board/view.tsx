import { computed } from "@preact/signals";
import { dayName } from "../format/time";
import { board, type Entry } from "../state/board";
import { logNow } from "../state/clock";
import { leagueFilter, search, stateFilter } from "../state/prefs";
import { connection } from "../wire/stream";
import { Notice } from "../ui/notice";
import { Filters } from "./filters";
import { groupOf, groups, type Group } from "./groups";
import { FixtureRow } from "./row";

interface Section {
  group: Group;
  count: number;
  leagues: { id: string; name: string; entries: Entry[] }[];
}

/** The log's clock as often as a game may pass its start. */
const minute = computed(() => Math.floor(logNow.value / 60_000) * 60_000);

/** What the filters leave, grouped by state and league. It changes when a row must appear, move or go. */
const sections = computed<Section[]>(() => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const leagues = board.leagues.value;
  const kept = [...board.index.value.values()].filter(
    (entry) =>
      (leagueFilter.value.length === 0 || leagueFilter.value.includes(entry.league)) &&
      words.every((word) => entry.text.includes(word)),
  );
  const byGroup = Map.groupBy(kept, (entry) => groupOf(entry, minute.value));
  return groups
    .filter((group) => stateFilter.value === "all" || stateFilter.value === group.filter)
    .map((group) => {
      const entries = (byGroup.get(group) ?? []).sort(byStart);
      const byLeague = Map.groupBy(entries, (entry) => entry.league);
      return {
        group,
        count: entries.length,
        leagues: [...byLeague]
          .map(([id, entries]) => ({ id, name: leagues.get(id)?.name ?? id, entries }))
          .sort((a, b) => a.name.localeCompare(b.name)),
      };
    })
    .filter((section) => section.count > 0);
});

function byStart(a: Entry, b: Entry): number {
  return a.start - b.start || a.text.localeCompare(b.text);
}

/** The live board: every fixture of the leagues that are followed. */
export function BoardView() {
  return (
    <>
      <h1 class="visually-hidden">Live board</h1>
      <Filters />
      {board.mode.value === null ? <Waiting /> : <Sections />}
    </>
  );
}

function Waiting() {
  return connection.value === "connecting" ? (
    <Notice title="Waiting for the board" />
  ) : (
    <Notice title="The server does not answer yet">The page keeps trying and shows the board once it comes.</Notice>
  );
}

function Sections() {
  if (sections.value.length === 0) {
    return board.index.value.size === 0 ? (
      <Notice title="No fixtures yet">
        They appear with the first answer of a source. <a href="/status">Status</a> tells how the sources fare.
      </Notice>
    ) : (
      <Notice title="No fixture matches these filters">
        <button
          type="button"
          onClick={() => {
            leagueFilter.value = [];
            stateFilter.value = "all";
            search.value = "";
          }}
        >
          Clear the filters
        </button>
      </Notice>
    );
  }
  return (
    <div class="board">
      {sections.value.map(({ group, count, leagues }) => (
        <section key={group.id} aria-label={group.name}>
          <h2 class="group-name">
            {group.name} <span class="count">{count}</span>
          </h2>
          {leagues.map((league) => (
            <LeagueTable key={league.id} name={league.name} id={league.id} entries={league.entries} />
          ))}
        </section>
      ))}
    </div>
  );
}

function LeagueTable({ id, name, entries }: { id: string; name: string; entries: Entry[] }) {
  const soccer = board.leagues.value.get(id)?.sport === "soccer";
  let day = "";
  return (
    <div class="league" role="table" aria-label={name}>
      <div class="row row-head" role="row">
        <div class="league-name" role="columnheader">
          {name}
        </div>
        <ColumnHead market="h2h" name={soccer ? "Match result" : "Moneyline"} />
        <ColumnHead market="spreads" name={soccer ? "Handicap" : "Spread"} />
        <ColumnHead market="totals" name="Total" />
        <div class="cell-trend" role="columnheader">
          Fair home
        </div>
      </div>
      {entries.map((entry) => {
        const at = dayName(entry.start);
        const newDay = at !== day;
        day = at;
        return <FixtureRow key={entry.id} id={entry.id} day={newDay ? at : ""} />;
      })}
    </div>
  );
}

function ColumnHead({ market, name }: { market: string; name: string }) {
  return (
    <div class="market market-head" role="columnheader" data-market={market}>
      <div class="line">
        <span class="points" />
        <span class="price-head" title="The best open price. Below it: the books' mean hold and how many price every outcome">
          {name}
        </span>
        <span class="fair" title="Fair probability by the market's consensus, without the books' margin">
          fair
        </span>
        <span class="book">book</span>
        <span class="age" title="How long ago the provider says the price stood">
          age
        </span>
      </div>
    </div>
  );
}
