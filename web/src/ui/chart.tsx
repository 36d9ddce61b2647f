import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { colours, type Colours } from "./colours";

interface Props {
  label: string;
  height: number;
  data: uPlot.AlignedData;
  /** The chart without its size. Another object is another chart; the same one only takes new data. */
  options: (palette: Colours) => Omit<uPlot.Options, "width" | "height">;
  /** Called with the index under the cursor, or null when it leaves. */
  onCursor?: (index: number | null) => void;
}

/** A uPlot chart that follows its container's width and the theme. */
export function Chart({ label, height, data, options, onCursor }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const palette = colours.value;

  useLayoutEffect(() => {
    const chosen = options(palette);
    const setCursor = (u: uPlot) => onCursor?.(u.cursor.idx ?? null);
    const chart = new uPlot(
      {
        ...chosen,
        width: box.current!.clientWidth,
        height,
        ms: 1,
        legend: { show: false },
        hooks: { ...chosen.hooks, setCursor: [setCursor] },
      },
      data,
      box.current!,
    );
    plot.current = chart;
    const observer = new ResizeObserver(() => chart.setSize({ width: box.current!.clientWidth, height }));
    observer.observe(box.current!);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [options, palette, height]);

  useEffect(() => {
    if (plot.current!.data !== data) plot.current!.setData(data, isZoomedOut(plot.current!));
  }, [data]);

  return <div class="chart" ref={box} role="img" aria-label={label} />;
}

/** Whether the chart shows all of its data: only then may new data move its scale. */
function isZoomedOut(chart: uPlot): boolean {
  const times = chart.data[0];
  const { min, max } = chart.scales.x;
  return min == null || max == null || (min <= times[0] && max >= times[times.length - 1]);
}

/** An axis in the palette's colours. */
export function axis(palette: Colours, more: uPlot.Axis = {}): uPlot.Axis {
  return {
    stroke: palette.muted,
    font: "11px system-ui, sans-serif",
    grid: { stroke: palette.line, width: 1 },
    ticks: { stroke: palette.line, width: 1, size: 4 },
    ...more,
  };
}

const days = "{YYYY}-{MM}-{DD}";

/** The time axis on a 24 hour clock; uPlot's own is American. */
export const timeTicks: uPlot.Axis.DynamicValues | unknown[][] = [
  [3600 * 24 * 1000, "{DD} {MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [60 * 1000, "{HH}:{mm}", `\n${days}`, null, `\n${days}`, null, null, null, 1],
  [1000, "{HH}:{mm}:{ss}", `\n${days}`, null, `\n${days}`, null, null, null, 1],
];
