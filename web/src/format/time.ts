/** A time of the API in milliseconds, or NaN where it is absent. */
export function ms(time: string | null | undefined): number {
  return time ? Date.parse(time) : NaN;
}

/** Writes a span of milliseconds in its two largest units at most. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return seconds + "s";
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return minutes + "m";
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 || hours >= 10 ? hours + "h" : `${hours}h ${minutes % 60}m`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 || days >= 3 ? days + "d" : `${days}d ${hours % 24}h`;
}

/** Writes a span of milliseconds in its largest unit. */
export function briefSpan(milliseconds: number): string {
  return span(milliseconds).split(" ")[0];
}

const timeOfDay = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const seconds = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const fullDay = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric" });

/** The hour and minute in the reader's time zone. */
export const clockTime = (t: number) => (Number.isFinite(t) ? timeOfDay.format(t) : "–");

/** The time of day with seconds in the reader's time zone. */
export const clockSeconds = (t: number) => (Number.isFinite(t) ? seconds.format(t) : "–");

/** The day in the reader's time zone. */
export const dayName = (t: number) => (Number.isFinite(t) ? day.format(t).replace(",", "") : "–");

/** The day with its year, for a clock that may run in a recording. */
export const fullDate = (t: number) => (Number.isFinite(t) ? fullDay.format(t).replace(",", "") : "–");

/** The reader's time zone at that time, such as "CET". */
export function zone(t: number): string {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" }).formatToParts(t);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
}

/** The time in UTC to the millisecond, for tooltips. */
export const utc = (time: string | null | undefined) =>
  time ? time.replace("T", " ").replace(/(\.\d{3})\d*/, "$1").replace("Z", " UTC") : "unknown";
