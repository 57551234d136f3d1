import { shortened } from '../page/format.js';
import { axis, axisLabel, type Chart, legend, still } from './chart.js';
import { palette } from './palette.js';

/** One column of a SHAP summary. */
export interface AttributionRow {
  readonly name: string;
  /** What the column adds to each patient's margin. */
  readonly contributions: readonly number[];
  /** Rank of the patient's value among all, 0 lowest to 1 highest; null where it is missing. */
  readonly ranks: readonly (number | null)[];
}

const rowHeight = 26;
const left = 270;
const width = 820;
/** Dots of one row are stacked in so many bins of the axis, and so many dots fit upon each other. */
const bins = 120;
const stacked = 9;

const levels = [
  { name: 'low value', colour: palette.blue, opacity: 0.9 },
  { name: 'middle', colour: palette.muted, opacity: 0.6 },
  { name: 'high value', colour: palette.orange, opacity: 0.9 },
  { name: 'missing', colour: palette.purple, opacity: 0.9 },
] as const;

/** SHAP summary: per column one dot per patient, to the right where it raises the risk, coloured by the patient's value. */
export function attributionChart(rows: readonly AttributionRow[], scale: string): Chart {
  const reach = Math.max(1e-9, ...rows.flatMap((row) => row.contributions.map(Math.abs))) * 1.05;
  const dots = rows.flatMap((row, y) => placed(row, y, reach));
  const height = 76 + (rows.length + 1) * rowHeight;
  return {
    id: 'attribution',
    title: 'What the columns add to the answers',
    description: `SHAP summary: contributions of ${rows.length} columns to the ${scale}, one dot per patient. Strongest: ${rows
      .slice(0, 3)
      .map((row) => row.name)
      .join(', ')}.`,
    width,
    height,
    option: {
      grid: { left, right: 24, top: 34, bottom: 42 },
      legend: {
        ...legend,
        top: 2,
        left,
        itemGap: 24,
        itemWidth: 12,
        data: levels.map(({ name }) => ({ name, icon: 'circle' })),
      },
      xAxis: axis(`Contribution to the ${scale} (right: higher risk)`, 26, {
        min: -reach,
        max: reach,
        axisLabel: shortNumbers,
      }),
      yAxis: axis('', 0, {
        min: -1,
        max: rows.length,
        interval: 1,
        inverse: true,
        axisLabel: { ...axisLabel, formatter: (y: number) => shortened(rows[y]?.name ?? '', 36) },
        splitLine: { show: false },
      }),
      series: [
        {
          ...still,
          type: 'line',
          symbol: 'none',
          data: [
            [0, -1],
            [0, rows.length],
          ],
          lineStyle: { color: palette.muted, width: 1, type: 'solid' },
        },
        ...levels.map(({ name, colour, opacity }, level) => ({
          ...still,
          type: 'scatter',
          name,
          symbolSize: 5,
          itemStyle: { color: colour, opacity },
          data: dots.filter((dot) => dot.level === level).map(({ x, y }) => [x, y]),
        })),
      ],
    },
  };
}

const shortNumbers = { ...axisLabel, formatter: (value: number) => String(Number(value.toPrecision(2))) };

/** Dots of a row, those of one bin stacked around its middle. */
function placed({ contributions, ranks }: AttributionRow, row: number, reach: number) {
  const used = new Map<number, number>();
  return contributions.map((x, i) => {
    const bin = Math.round((x / reach) * (bins / 2));
    const before = used.get(bin) ?? 0;
    used.set(bin, before + 1);
    const step = before % stacked;
    const offset = (step % 2 === 0 ? 1 : -1) * Math.ceil(step / 2) * 0.095;
    return { x: Number(x.toPrecision(4)), y: Math.round((row + offset) * 1e3) / 1e3, level: levelOf(ranks[i] ?? null) };
  });
}

function levelOf(rank: number | null): number {
  if (rank === null) return 3;
  return rank < 1 / 3 ? 0 : rank <= 2 / 3 ? 1 : 2;
}
