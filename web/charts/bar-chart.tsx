import { scaleLinear } from 'd3-scale';
import { Figure } from './figure.js';
import { BottomAxis, type PlotArea } from './plot.js';

/** One bar. */
export interface Bar {
  readonly label: string;
  /** May be negative: it is drawn to the left of zero. */
  readonly value: number;
  /** Bars of one kind have one colour. */
  readonly kind?: string;
}

/** What a chart of bars shows. */
export interface BarChartProps {
  readonly title: string;
  readonly description: string;
  readonly bars: readonly Bar[];
  /** The kinds in the order of their colours; default: as they occur. */
  readonly kinds?: readonly string[];
  readonly valueName: string;
  readonly labelName?: string;
  readonly width?: number;
}

const rowHeight = 24;

/** Lying bars, one below the other: counts, contributions. */
export function BarChart(props: BarChartProps) {
  const { title, description, bars, valueName, labelName = 'label', width = 560 } = props;
  const kinds = props.kinds ?? [...new Set(bars.map(({ kind = '' }) => kind))];
  const hasKinds = kinds.length > 1 || (kinds[0] ?? '') !== '';
  const headRoom = hasKinds ? 30 : 8;
  const height = bars.length * rowHeight + headRoom + 56;
  const area: PlotArea = { left: Math.min(220, width * 0.4), top: headRoom, right: width - 56, bottom: height - 48 };
  const values = bars.map(({ value }) => value);
  const x = scaleLinear([Math.min(0, ...values), Math.max(0, ...values)], [area.left, area.right]).nice();
  const numbers = {
    titles: [labelName, valueName, ...(hasKinds ? ['kind'] : [])],
    rows: bars.map(({ label, value, kind = '' }) => [label, value, ...(hasKinds ? [kind] : [])]),
  };
  return (
    <Figure title={title} description={description} numbers={numbers} width={width} height={height}>
      <BottomAxis scale={x} area={area} name={valueName} count={5} />
      {hasKinds &&
        kinds.map((kind, index) => (
          <g key={kind} class={`series-${index % 6}`} transform={`translate(${(index * width) / kinds.length},4)`}>
            <rect class="bar" width={12} height={12} />
            <text x={18} y={11}>
              {kind}
            </text>
          </g>
        ))}
      {bars.map(({ label, value, kind = '' }, index) => {
        const top = area.top + index * rowHeight;
        const [from, to] = value < 0 ? [x(value), x(0)] : [x(0), x(value)];
        return (
          <g key={label} class={`series-${kinds.indexOf(kind) % 6}`}>
            <text class="bar-label" x={area.left - 8} y={top + 15} text-anchor="end">
              {shortened(label, 30)}
              <title>{label}</title>
            </text>
            <rect class="bar" x={from} y={top + 3} width={Math.max(1, to - from)} height={rowHeight - 6} />
            <text class="bar-value" x={x(Math.max(0, value)) + 6} y={top + 15}>
              {Number.isInteger(value) ? value : value.toPrecision(3)}
            </text>
          </g>
        );
      })}
      <line class="zero" x1={x(0)} x2={x(0)} y1={area.top} y2={area.bottom} />
    </Figure>
  );
}

/** A long name cut in its middle, where feature names differ least. */
function shortened(name: string, most: number): string {
  if (name.length <= most) return name;
  const head = Math.ceil((most - 1) / 2);
  return `${name.slice(0, head)}…${name.slice(name.length - (most - 1 - head))}`;
}
