import { fixed, shortened } from '../page/format.js';
import { axis, axisLabel, type Chart, still } from './chart.js';
import { palette } from './palette.js';

/** A step of a waterfall. */
export interface WaterfallStep {
  /** Column and value: `age = 64`. */
  readonly name: string;
  readonly contribution: number;
}

const rowHeight = 24;
const left = 290;

/**
 * From the expected margin to the patient's, one bar per column.
 * @param ordinal unique on the page, for the picture's id
 * @param steps   in the order in which they are added up
 */
export function waterfallChart(
  ordinal: number,
  patient: string,
  expected: number,
  steps: readonly WaterfallStep[],
  scale: string,
): Chart {
  const ends: number[] = [];
  for (const { contribution } of steps) ends.push((ends.at(-1) ?? expected) + contribution);
  const starts = [expected, ...ends];
  const total = ends.at(-1) ?? expected;
  const low = Math.min(expected, ...ends);
  const high = Math.max(expected, ...ends);
  const room = Math.max(1e-9, high - low) * 0.16;
  const names = [`expected ${scale}`, ...steps.map(({ name }) => name), `this patient's ${scale}`];
  return {
    id: `waterfall-${ordinal}`,
    title: `What makes the answer for ${patient}`,
    description: `Waterfall from the expected ${scale} ${fixed(expected)} to ${fixed(total)}. Largest steps: ${steps
      .slice(0, 3)
      .map(({ name, contribution }) => `${name}, ${signed(contribution)}`)
      .join('; ')}.`,
    width: 820,
    height: 36 + (names.length + 1) * rowHeight,
    option: {
      grid: { left, right: 20, top: 6, bottom: 30 },
      xAxis: axis('', 0, {
        min: low - room,
        max: high + room,
        axisLabel: {
          ...axisLabel,
          formatter: (value: number) => String(Number(value.toPrecision(2))),
          hideOverlap: true,
        },
      }),
      yAxis: axis('', 0, {
        min: -1,
        max: names.length,
        interval: 1,
        inverse: true,
        axisLabel: { ...axisLabel, formatter: (y: number) => shortened(names[y] ?? '', 40) },
        splitLine: { show: false },
      }),
      series: [
        bars(steps, starts, ends, true),
        bars(steps, starts, ends, false),
        {
          ...still,
          type: 'scatter',
          symbolSize: 0,
          data: steps.map(({ contribution }, k) => ({
            value: [tidy(Math.max(starts[k] as number, ends[k] as number)), k + 1],
            label: label(signed(contribution)),
          })),
        },
        mark(expected, 0),
        mark(total, names.length - 1),
      ],
    },
  };
}

/** The bars that raise the risk, or those that lower it, as thick lines with gaps between. */
function bars(
  steps: readonly WaterfallStep[],
  starts: readonly number[],
  ends: readonly number[],
  raising: boolean,
): object {
  return {
    ...still,
    type: 'line',
    symbol: 'none',
    data: steps.flatMap(({ contribution }, k) =>
      contribution >= 0 === raising
        ? [
            [tidy(starts[k] as number), k + 1],
            [tidy(ends[k] as number), k + 1],
            [null, null],
          ]
        : [],
    ),
    lineStyle: { color: raising ? palette.orange : palette.blue, width: 14, cap: 'butt', type: 'solid' },
  };
}

function mark(at: number, y: number): object {
  return {
    ...still,
    type: 'scatter',
    symbol: 'diamond',
    symbolSize: 11,
    itemStyle: { color: palette.ink },
    data: [{ value: [tidy(at), y], label: label(fixed(at)) }],
  };
}

function label(text: string): object {
  return { show: true, position: 'right', distance: 6, formatter: () => text, color: palette.ink, fontSize: 12 };
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${fixed(value)}`;
}

function tidy(value: number): number {
  return Number(value.toPrecision(6));
}
