import { effect, signal } from "@preact/signals";
import { theme } from "../state/prefs";

/** What a canvas needs of the style sheet's colours. */
export interface Colours {
  text: string;
  muted: string;
  line: string;
  accent: string;
  up: string;
  down: string;
}

/** The colours of the theme in force; drawings that read it repaint when it changes. */
export const colours = signal<Colours>(read());

const systemDark = matchMedia("(prefers-color-scheme: dark)");

/** Puts the chosen theme on the page and keeps the colours in step with it and with the system's. */
export function keepColours(): void {
  effect(() => {
    if (theme.value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme.value;
    colours.value = read();
  });
  systemDark.addEventListener("change", () => (colours.value = read()));
}

function read(): Colours {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue("--" + name).trim();
  return {
    text: of("text"),
    muted: of("muted"),
    line: of("line"),
    accent: of("accent"),
    up: of("up"),
    down: of("down"),
  };
}
