import { signal } from "@preact/signals";

/**
 * The log's clock in milliseconds, 0 before the first frame. In a replay it is
 * the recording's time. It moves four times a second, so that ages are right in a
 * replay too; an age is repainted only when its words change.
 */
export const logNow = signal(0);

/**
 * A replay's clock comes to rest this long after the last record: the longest
 * pause that a recording is expected to have. Beyond it the recording is over.
 */
const longestPause = 12 * 3_600_000;

/** What a frame said of the time, and when by the local monotonic clock. */
export interface Anchor {
  log: number;
  local: number;
  speed: number;
}

let anchor: Anchor = { log: 0, local: 0, speed: 1 };

/**
 * Sets the clock by a frame. The log's time stands where no record comes, as in
 * the nights of a replay: a frame that repeats the time does not hold the clock
 * back, which goes on at the log's speed.
 */
export function anchorClock(now: string, speed: number): void {
  const log = Date.parse(now);
  if (Number.isNaN(log)) return; // an empty log has no time yet
  if (log === anchor.log && speed === anchor.speed) return;
  anchor = { log, local: performance.now(), speed };
  if (logNow.peek() === 0) logNow.value = log;
}

/**
 * The log's time between frames: the anchor's, gone on at its speed. A speed of
 * zero means "as fast as it goes": then time stands still between frames,
 * because nobody can say how fast it runs.
 */
export function timeAt(anchor: Anchor, local: number): number {
  const passed = (local - anchor.local) * anchor.speed;
  return anchor.log + (anchor.speed === 1 ? passed : Math.min(passed, longestPause));
}

/** Lets the clock tick for as long as the page lives. */
export function runClock(): void {
  setInterval(() => {
    if (anchor.log !== 0) logNow.value = timeAt(anchor, performance.now());
  }, 250);
}
