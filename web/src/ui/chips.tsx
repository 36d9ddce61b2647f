import { computed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { board } from "../state/board";
import { leagueFilter } from "../state/prefs";

/** A button that is on or off. */
export function Chip({ name, on, onClick }: { name: ComponentChildren; on: boolean; onClick: () => void }) {
  return (
    <button type="button" class="chip" aria-pressed={on} onClick={onClick}>
      {name}
    </button>
  );
}

/** The leagues that have a fixture on the board, by name. */
const leagues = computed(() => {
  const present = new Set([...board.index.value.values()].map((entry) => entry.league));
  return [...present]
    .map((id) => ({ id, name: board.leagues.value.get(id)?.name ?? id }))
    .sort((a, b) => a.name.localeCompare(b.name));
});

/** Chooses leagues. */
export function LeagueChips() {
  return (
    <div class="chips" role="group" aria-label="Leagues">
      {leagues.value.map(({ id, name }) => (
        <Chip
          key={id}
          name={name}
          on={leagueFilter.value.includes(id)}
          onClick={() => (leagueFilter.value = toggled(leagueFilter.value, id))}
        />
      ))}
    </div>
  );
}

/** The list with the item, or without it if it was there. */
export function toggled(list: readonly string[], item: string): readonly string[] {
  return list.includes(item) ? list.filter((other) => other !== item) : [...list, item];
}
