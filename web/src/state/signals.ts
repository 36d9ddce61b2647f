import { computed, signal, type Signal } from "@preact/signals";
import type { SignalRecord } from "../wire/types";

/**
 * The signals that are there. Each is a signal of its own, so an update repaints
 * its row and no other; the index changes only when one opens or closes.
 */
export class OpenSignals {
  readonly index = signal<ReadonlyMap<string, Signal<SignalRecord>>>(new Map());

  /** The ids of the open signals of each fixture, the newest first. */
  readonly byFixture = computed<ReadonlyMap<string, readonly string[]>>(() => {
    const groups = new Map<string, string[]>();
    for (const id of this.ids.value) {
      const fixture = this.index.value.get(id)!.peek().fixture_id;
      groups.set(fixture, [...(groups.get(fixture) ?? []), id]);
    }
    return groups;
  });

  /** All ids, the newest first. */
  readonly ids = computed(() =>
    [...this.index.value]
      .map(([id, record]) => ({ id, opened: record.peek().opened_time }))
      .sort((a, b) => b.opened.localeCompare(a.opened) || a.id.localeCompare(b.id))
      .map(({ id }) => id),
  );

  replace(records: readonly SignalRecord[]): void {
    this.index.value = new Map(records.map((record) => [record.signal_id, signal(record)]));
  }

  apply(records: readonly SignalRecord[]): void {
    let index: Map<string, Signal<SignalRecord>> | undefined;
    const writable = () => (index ??= new Map(this.index.peek()));
    for (const record of records) {
      const id = record.signal_id;
      const known = (index ?? this.index.peek()).get(id);
      if (record.state !== "open" && record.state !== "update") {
        if (known) writable().delete(id);
      } else if (known) known.value = record;
      else writable().set(id, signal(record));
    }
    if (index) this.index.value = index;
  }
}
