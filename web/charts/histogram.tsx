import { scaleLinear } from 'd3-scale';
import { Figure } from './figure.js';
import { BottomAxis, LeftAxis, type PlotArea } from './plot.js';

/** What a histogram shows. */
export interface HistogramProps {
  readonly title: string;
  readonly description: string;
  /** From low to high; `count` of [low, high). */
  readonly bins: readonly { readonly low: number; readonly high: number; readonly count: number }[];
  /** With its unit. */
  readonly valueName: string;
  /** Where one patient stands. */
  readonly mark?: { readonly value: number; readonly label: string };
  readonly width?: number;
  readonly height?: number;
}

/** How often values occur, and where one stands among them. */
export function Histogram({ title, description, bins, valueName, mark, width = 420, height = 220 }: HistogramProps) {
  const area: PlotArea = { left: 52, top: 20, right: width - 16, bottom: height - 46 };
  const [low, high] = [bins[0]?.low ?? 0, bins.at(-1)?.high ?? 1];
  const x = scaleLinear(
    [Math.min(low, mark?.value ?? low), Math.max(high, mark?.value ?? high)],
    [area.left, area.right],
  );
  const y = scaleLinear([0, Math.max(1, ...bins.map(({ count }) => count))], [area.bottom, area.top]).nice(4);
  const numbers = {
    titles: ['from', 'to', 'count'],
    rows: bins.map((bin) => [bin.low, bin.high, bin.count]),
  };
  return (
    <Figure title={title} description={description} numbers={numbers} width={width} height={height}>
      <LeftAxis scale={y} area={area} name="count" count={4} />
      <BottomAxis scale={x} area={area} name={valueName} count={5} />
      <g class="series-0">
        {bins.map((bin) => (
          <rect
            key={bin.low}
            class="bar"
            x={x(bin.low) + 0.5}
            y={y(bin.count)}
            width={Math.max(0.5, x(bin.high) - x(bin.low) - 1)}
            height={area.bottom - y(bin.count)}
          >
            <title>{`${bin.low} to ${bin.high}: ${bin.count}`}</title>
          </rect>
        ))}
      </g>
      {mark !== undefined && (
        <g class="series-1">
          <line class="curve" x1={x(mark.value)} x2={x(mark.value)} y1={area.top - 4} y2={area.bottom} />
          <text x={x(mark.value)} y={area.top - 8} text-anchor="middle">
            {mark.label}
          </text>
        </g>
      )}
    </Figure>
  );
}
