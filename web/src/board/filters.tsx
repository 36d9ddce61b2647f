import { computed } from "@preact/signals";
import { board } from "../state/board";
import { leagueFilter, narrowMarket, search, stateFilter } from "../state/prefs";
import type { StateFilter } from "./groups";

const states: readonly { id: StateFilter; name: string }[] = [
  { id: "all", name: "All" },
  { id: "playing", name: "In play" },
  { id: "upcoming", name: "Upcoming" },
  { id: "finished", name: "Finished" },
];

const markets = [
  { id: "h2h", name: "Winner" },
  { id: "spreads", name: "Spread" },
  { id: "totals", name: "Total" },
];

/** The leagues that have a fixture on the board, by name. */
const leagues = computed(() => {
  const present = new Set([...board.index.value.values()].map((entry) => entry.league));
  return [...present]
    .map((id) => ({ id, name: board.leagues.value.get(id)?.name ?? id }))
    .sort((a, b) => a.name.localeCompare(b.name));
});

/** What the board shows: a search, states, leagues and, on a narrow screen, one market. */
export function Filters() {
  return (
    <div class="filters" role="search">
      <input
        type="search"
        placeholder="Find a team"
        aria-label="Find a team"
        value={search.value}
        onInput={(event) => (search.value = event.currentTarget.value)}
      />
      <div class="chips" role="group" aria-label="State of play">
        {states.map((state) => (
          <Chip
            key={state.id}
            name={state.name}
            on={stateFilter.value === state.id}
            onClick={() => (stateFilter.value = state.id)}
          />
        ))}
      </div>
      <div class="chips" role="group" aria-label="Leagues">
        {leagues.value.map((league) => (
          <Chip
            key={league.id}
            name={league.name}
            on={leagueFilter.value.includes(league.id)}
            onClick={() => toggleLeague(league.id)}
          />
        ))}
      </div>
      <div class="chips narrow-only" role="group" aria-label="Market shown">
        {markets.map((market) => (
          <Chip
            key={market.id}
            name={market.name}
            on={narrowMarket.value === market.id}
            onClick={() => (narrowMarket.value = market.id)}
          />
        ))}
      </div>
    </div>
  );
}

function toggleLeague(id: string): void {
  const chosen = leagueFilter.value;
  leagueFilter.value = chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id];
}

function Chip({ name, on, onClick }: { name: string; on: boolean; onClick: () => void }) {
  return (
    <button type="button" class="chip" aria-pressed={on} onClick={onClick}>
      {name}
    </button>
  );
}
