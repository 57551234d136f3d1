import { scaleLinear } from 'd3-scale';
import { area as areaShape, curveLinear, curveStepAfter, line as lineShape } from 'd3-shape';
import { Figure } from './figure.js';
import { BottomAxis, LeftAxis, type PlotArea, type Scale } from './plot.js';

/** One curve. */
export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  /** Crosses on the curve: censored patients, for example. */
  readonly marks?: readonly Point[];
}

/** `low` and `high` draw a band around the curve. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

/** What a chart of curves shows. */
export interface LineChartProps {
  readonly title: string;
  readonly description: string;
  readonly series: readonly Series[];
  readonly xName: string;
  readonly yName: string;
  /** Default: from the points. */
  readonly xDomain?: readonly [number, number];
  readonly yDomain?: readonly [number, number];
  /** A curve that keeps its value until the next point, as survival curves do. */
  readonly steps?: boolean;
  /** The line from corner to corner of the domain, for calibration and ROC. */
  readonly diagonal?: boolean;
  /** Numbers under the axis, one line for each curve: patients at risk at each tick. */
  readonly under?: {
    readonly title: string;
    readonly lines: readonly { readonly name: string; readonly at: (x: number) => number }[];
  };
  readonly width?: number;
  readonly height?: number;
}

const underLine = 16;

/** Curves over a common axis: survival, calibration, decision curves. */
export function LineChart(props: LineChartProps) {
  const { series, width = 560, height: drawn = 320, steps = false, under } = props;
  const underHeight = under === undefined ? 0 : underLine * (under.lines.length + 1) + 6;
  const height = drawn + underHeight;
  const area: PlotArea = {
    left: under === undefined ? 56 : 96,
    top: 12 + 18 * Math.ceil(series.length / legendColumns(series, width)),
    right: width - 16,
    bottom: drawn - 46,
  };
  const points = series.flatMap((one) => one.points);
  const x = scaleLinear(props.xDomain ?? extent(points.map((point) => point.x)), [area.left, area.right]);
  const y = scaleLinear(
    props.yDomain ?? extent(points.flatMap(({ y: value, low = value, high = value }) => [low, high])),
    [area.bottom, area.top],
  );
  const curve = steps ? curveStepAfter : curveLinear;
  const line = lineShape<Point>(
    (point) => x(point.x),
    (point) => y(point.y),
  ).curve(curve);
  const band = areaShape<Point>(
    (point) => x(point.x),
    (point) => y(point.low ?? point.y),
    (point) => y(point.high ?? point.y),
  ).curve(curve);
  const hasBand = points.some(({ low }) => low !== undefined);
  const titles = ['curve', props.xName, props.yName, ...(hasBand ? ['low', 'high'] : [])];
  const rows = series.flatMap((one) =>
    one.points.map((point) => [
      one.name,
      point.x,
      point.y,
      ...(hasBand ? [point.low ?? null, point.high ?? null] : []),
    ]),
  );
  return (
    <Figure
      title={props.title}
      description={props.description}
      numbers={{ titles, rows }}
      width={width}
      height={height}
    >
      <LeftAxis scale={y} area={area} name={props.yName} />
      <BottomAxis scale={x} area={area} name={props.xName} />
      {props.diagonal === true && (
        <line class="reference" x1={x.range()[0]} y1={y.range()[0]} x2={x.range()[1]} y2={y.range()[1]} />
      )}
      {series.map((one, index) => (
        <g key={one.name} class={`series-${index % 6}`}>
          {one.points.some(({ low }) => low !== undefined) && <path class="band" d={band(one.points) ?? ''} />}
          <path class="curve" d={line(one.points) ?? ''} />
          {one.marks?.map((mark) => (
            <path key={`${mark.x} ${mark.y}`} class="mark" d={`M${x(mark.x)},${y(mark.y) - 4}v8`} />
          ))}
        </g>
      ))}
      {under !== undefined && <Under under={under} scale={x} top={drawn + 4} />}
      <Legend
        names={series.map(({ name }) => name)}
        columns={legendColumns(series, width)}
        left={area.left}
        width={area.right - area.left}
      />
    </Figure>
  );
}

function Under({
  under,
  scale,
  top,
}: {
  readonly under: NonNullable<LineChartProps['under']>;
  readonly scale: Scale;
  readonly top: number;
}) {
  return (
    <g class="axis">
      <text x={4} y={top + 8}>
        {under.title}
      </text>
      {under.lines.map(({ name, at }, index) => (
        <g key={name} transform={`translate(0,${top + 8 + underLine * (index + 1)})`}>
          <text x={4}>{name.length > 14 ? `${name.slice(0, 13)}…` : name}</text>
          {scale.ticks(6).map((tick) => (
            <text key={tick} x={scale(tick)} text-anchor="middle">
              {at(tick)}
            </text>
          ))}
        </g>
      ))}
    </g>
  );
}

/** Pixels of a letter, about, and of what stands around a name. */
const [letterWidth, besideName] = [6.5, 36];

/** Names that stand side by side without touching, at most three. */
function legendColumns(series: readonly { readonly name: string }[], width: number): number {
  const longest = Math.max(0, ...series.map(({ name }) => name.length));
  return Math.max(1, Math.min(3, Math.floor((width - 72) / (besideName + letterWidth * longest))));
}

function Legend({
  names,
  columns,
  left,
  width,
}: {
  readonly names: readonly string[];
  readonly columns: number;
  readonly left: number;
  readonly width: number;
}) {
  return (
    <g class="legend">
      {names.map((name, index) => (
        <g
          key={name}
          class={`series-${index % 6}`}
          transform={`translate(${left + (index % columns) * (width / columns)},${12 + 18 * Math.floor(index / columns)})`}
        >
          <line class="curve" x2={18} y1={-4} y2={-4} />
          <text x={24}>{name}</text>
        </g>
      ))}
    </g>
  );
}

function extent(values: readonly number[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  return low === high ? [low - 1, high + 1] : [low, high];
}
