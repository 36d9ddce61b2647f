import { useLayoutEffect, useRef } from "preact/hooks";
import { percent } from "../format/odds";
import type { Point } from "../wire/types";
import { colours, type Colours } from "./colours";

const width = 88;
const height = 32;
/** The least span of probability that fills the height: noise must not look like a move. */
const leastSpan = 0.04;

/** A small step line of a probability over time. */
export function Sparkline({ points, label }: { points: Point[]; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = colours.value;
  const last = points[points.length - 1];
  // A delta brings the whole fixture: only a new last point means a new line.
  useLayoutEffect(() => draw(canvas.current!, points, palette), [points.length, last?.[0], last?.[1], palette]);
  const words = points.length < 2 ? `${label}: no history yet` : `${label}: ${percent(points[0][1])} to ${percent(last[1])}`;
  return <canvas ref={canvas} class="sparkline" width={width} height={height} role="img" aria-label={words} title={words} />;
}

function draw(canvas: HTMLCanvasElement, points: Point[], palette: Colours): void {
  const ratio = devicePixelRatio || 1;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const pen = canvas.getContext("2d");
  if (!pen || points.length === 0) return;
  pen.scale(ratio, ratio);

  let low = Infinity;
  let high = -Infinity;
  for (const [, p] of points) {
    low = Math.min(low, p);
    high = Math.max(high, p);
  }
  const slack = Math.max(0, leastSpan - (high - low)) / 2;
  low -= slack;
  high += slack;
  const start = points[0][0];
  const duration = points[points.length - 1][0] - start;
  const x = (t: number) => (duration === 0 ? width - 4 : 2 + ((t - start) / duration) * (width - 6));
  const y = (p: number) => height - 3 - ((p - low) / (high - low)) * (height - 6);

  if (low < 0.5 && high > 0.5) {
    pen.strokeStyle = palette.line;
    pen.beginPath();
    pen.moveTo(0, y(0.5));
    pen.lineTo(width, y(0.5));
    pen.stroke();
  }
  pen.strokeStyle = palette.accent;
  pen.fillStyle = palette.accent;
  pen.lineWidth = 1.25;
  pen.beginPath();
  pen.moveTo(2, y(points[0][1])); // a single point has stood since it came
  for (let i = 1; i < points.length; i++) {
    pen.lineTo(x(points[i][0]), y(points[i - 1][1]));
    pen.lineTo(x(points[i][0]), y(points[i][1]));
  }
  pen.stroke();
  const [t, p] = points[points.length - 1];
  pen.beginPath();
  pen.arc(x(t), y(p), 2, 0, 2 * Math.PI);
  pen.fill();
}
