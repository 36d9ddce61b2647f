import { useLayoutEffect, useRef } from "preact/hooks";
import { formatPrice } from "../format/odds";
import { oddsFormat } from "../state/prefs";

interface Props {
  price: number | null | undefined;
  /** What the price is for. A change of it is another price and no move. */
  of: string;
}

/**
 * A price in the reader's format. When it moves it flashes, and an arrow stays
 * beside it for some seconds: the direction never rests on colour alone.
 */
export function Price({ price, of }: Props) {
  const element = useRef<HTMLSpanElement>(null);
  const last = useRef({ price, of });
  useLayoutEffect(() => {
    const before = last.current;
    last.current = { price, of };
    if (before.of === of && before.price != null && price != null && before.price !== price) {
      flash(element.current!, price > before.price ? "up" : "down");
    }
  }, [price, of]);
  return (
    <span class="price" ref={element}>
      {formatPrice(price, oddsFormat.value)}
    </span>
  );
}

const flashFor = 700;
const arrowFor = 6_000;
const timers = new WeakMap<HTMLElement, number[]>();

/**
 * Marks the price for the style sheet. The flash is a plain background that
 * goes again: an animation would cost every frame of it on a busy board.
 */
function flash(element: HTMLElement, direction: "up" | "down"): void {
  timers.get(element)?.forEach(clearTimeout);
  element.dataset.move = direction;
  element.dataset.flash = "";
  timers.set(element, [
    setTimeout(() => delete element.dataset.flash, flashFor),
    setTimeout(() => delete element.dataset.move, arrowFor),
  ]);
}
