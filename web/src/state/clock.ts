import { signal } from "@preact/signals";

/**
 * The log's clock in milliseconds, 0 before the first frame. In a replay it is
 * the recording's time. It moves once a second, which is as often as an age is
 * worth repainting.
 */
export const logNow = signal(0);

let anchor = { log: 0, local: 0, speed: 1 };

/**
 * Sets the clock by a frame. Between frames it runs on by the local monotonic
 * clock times the speed. A speed of zero means "as fast as it goes": then time
 * stands still between frames, because nobody can say how fast it runs.
 */
export function anchorClock(now: string, speed: number): void {
  anchor = { log: Date.parse(now), local: performance.now(), speed };
  if (logNow.peek() === 0) logNow.value = anchor.log;
}

setInterval(() => {
  if (anchor.log === 0) return;
  logNow.value = anchor.log + (performance.now() - anchor.local) * anchor.speed;
}, 1_000);
