import { batch, signal, type Signal } from "@preact/signals";
import type { Board, Delta, Fixture, GameState, League, Mode } from "../wire/types";
import { OpenSignals } from "./signals";

/** What decides where a fixture stands on the board and whether a filter keeps it. */
export interface Entry {
  id: string;
  league: string;
  state: GameState;
  start: number;
  text: string;
}

/**
 * The board as last heard. Each fixture is a signal of its own, so a delta
 * repaints its rows and no others. The index changes only when a row must
 * appear, move or go.
 */
export class BoardState {
  epoch = "";
  seq = 0;
  readonly index = signal<ReadonlyMap<string, Entry>>(new Map());
  readonly leagues = signal<ReadonlyMap<string, League>>(new Map());
  readonly mode = signal<Mode | null>(null);
  readonly signals = new OpenSignals();
  private readonly fixtures = new Map<string, Signal<Fixture>>();

  /** The speed of the log's clock: 1 is real time, 0 as fast as it goes. */
  get speed(): number {
    return this.mode.peek()?.speed ?? 1;
  }

  /** The fixture's signal, or undefined if the board does not hold it. */
  fixture(id: string): Signal<Fixture> | undefined {
    return this.fixtures.get(id);
  }

  replace(snapshot: Board): void {
    batch(() => {
      this.epoch = snapshot.epoch;
      this.seq = snapshot.seq;
      this.mode.value = snapshot.mode;
      this.leagues.value = new Map((snapshot.leagues ?? []).map((league) => [league.id, league]));
      const fixtures = snapshot.fixtures ?? [];
      const kept = new Set(fixtures.map((fixture) => fixture.fixture_id));
      this.change(
        fixtures,
        [...this.fixtures.keys()].filter((id) => !kept.has(id)),
      );
      this.signals.replace(snapshot.signals ?? []);
    });
  }

  /** Applies a delta. One that the board already holds is no news. */
  apply(delta: Delta): void {
    if (delta.seq <= this.seq) return;
    this.seq = delta.seq;
    batch(() => {
      this.change(delta.fixtures ?? [], delta.removed ?? []);
      this.signals.apply(delta.signals ?? []);
    });
  }

  private change(fixtures: Fixture[], removed: string[]): void {
    let index: Map<string, Entry> | undefined;
    const writable = () => (index ??= new Map(this.index.peek()));
    for (const id of removed) {
      if (this.fixtures.delete(id)) writable().delete(id);
    }
    for (const fixture of fixtures) {
      const id = fixture.fixture_id;
      const known = this.fixtures.get(id);
      if (known) known.value = fixture;
      else this.fixtures.set(id, signal(fixture));
      const entry = entryOf(fixture);
      if (entry.text === "") continue; // its prices came before its teams: it is shown once it has names
      if (!sameEntry(this.index.peek().get(id), entry)) writable().set(id, entry);
    }
    if (index) this.index.value = index;
  }
}

function entryOf(fixture: Fixture): Entry {
  const names = [fixture.home, fixture.away].flatMap((side) => [side.name, side.short, side.abbreviation]);
  return {
    id: fixture.fixture_id,
    league: fixture.league,
    state: fixture.state,
    start: Date.parse(fixture.start_time),
    text: names.filter(Boolean).join(" ").toLowerCase(),
  };
}

function sameEntry(a: Entry | undefined, b: Entry): boolean {
  return a?.league === b.league && a.state === b.state && a.start === b.start && a.text === b.text;
}

export const board = new BoardState();
