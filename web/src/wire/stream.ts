import { signal } from "@preact/signals";
import { board } from "../state/board";
import { anchorClock } from "../state/clock";
import type { Board, Delta, Heartbeat } from "./types";

/**
 * How the page hears the server. In "resync" the server has said that the page
 * missed frames and a snapshot is on its way.
 */
export type Connection = "connecting" | "live" | "reconnecting" | "resync";

export const connection = signal<Connection>("connecting");

/** When the last frame came, on the page's wall clock; 0 before the first. */
export const lastFrame = signal(0);

/** The server sends a heartbeat every second: this long a silence is a loss. */
const silenceLimit = 8_000;
const firstRetry = 1_000;
const longestRetry = 15_000;

/**
 * Follows the board's stream for as long as the page lives. The browser itself
 * resumes a broken connection with the id of the last frame; where it gives up,
 * or the server falls silent, a new connection begins with a snapshot.
 */
export function followStream(): void {
  let source: EventSource;
  let retry = firstRetry;
  let heard = performance.now();

  const on = <T>(event: string, handle: (data: T, epoch: string) => void) =>
    source.addEventListener(event, (message) => {
      heard = performance.now();
      retry = firstRetry;
      lastFrame.value = Date.now();
      handle(JSON.parse(message.data) as T, epochOf(message.lastEventId));
    });

  const open = () => {
    heard = performance.now();
    source = new EventSource("/api/v1/stream");
    on<Board>("snapshot", (snapshot) => {
      board.replace(snapshot);
      anchorClock(snapshot.now, snapshot.mode.speed);
      connection.value = "live";
    });
    on<Delta>("delta", (delta, epoch) => {
      if (epoch !== "" && epoch !== board.epoch) return reopen(0); // another run of the server: begin anew
      board.apply(delta);
      anchorClock(delta.now, board.speed);
      connection.value = "live";
    });
    on<Heartbeat>("heartbeat", (beat) => {
      anchorClock(beat.now, board.speed);
      if (connection.value === "reconnecting") connection.value = "live";
    });
    on("resync", () => {
      connection.value = "resync";
    });
    source.onerror = () => {
      connection.value = "reconnecting";
      if (source.readyState === EventSource.CLOSED) reopen((retry = Math.min(2 * retry, longestRetry)));
    };
  };

  const reopen = (after: number) => {
    source.close();
    connection.value = "reconnecting";
    heard = performance.now() + after;
    setTimeout(open, after);
  };

  open();
  setInterval(() => {
    if (performance.now() - heard > silenceLimit) reopen(0);
  }, 2_000);
}

/** The epoch in a frame's id, which is "<epoch>-<seq>". */
function epochOf(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf("-")));
}
