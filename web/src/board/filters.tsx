import { narrowMarket, search, stateFilter } from "../state/prefs";
import { Chip, LeagueChips } from "../ui/chips";
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
      <LeagueChips />
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
