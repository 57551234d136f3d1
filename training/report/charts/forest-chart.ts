import type { Estimate } from '../../bundle/index.js';
import { fixed, shortened } from '../page/format.js';
import { axis, axisLabel, type Chart, still } from './chart.js';
import { palette } from './palette.js';

/** One line of a forest plot. */
export interface ForestRow {
  readonly name: string;
  readonly estimate: Estimate;
  /** The model that the others are compared with. */
  readonly main: boolean;
}

/**
 * A metric of several models with its 95 % intervals.
 * @param nothing value of a model that knows nothing, drawn as a line
 */
export function forestChart(id: string, metric: string, rows: readonly ForestRow[], nothing: number): Chart {
  const low = Math.min(nothing, ...rows.map((row) => row.estimate.low));
  const high = Math.max(nothing, ...rows.map((row) => row.estimate.high));
  const edges = { min: Math.floor(low * 10) / 10, max: Math.ceil(high * 10) / 10, interval: 0.1 };
  return {
    id,
    title: metric,
    description: `${metric} with 95 % intervals: ${rows.map((row) => `${row.name} ${fixed(row.estimate.value)}`).join(', ')}.`,
    width: 760,
    height: 48 + (rows.length + 1) * 28,
    option: {
      grid: { left: 230, right: 24, top: 8, bottom: 40 },
      xAxis: axis(metric, 24, { ...edges, axisLabel: { ...axisLabel, formatter: (x: number) => fixed(x, 2) } }),
      yAxis: axis('', 0, {
        min: -1,
        max: rows.length,
        interval: 1,
        inverse: true,
        axisLabel: { ...axisLabel, formatter: (y: number) => shortened(rows[y]?.name ?? '', 30) },
        splitLine: { show: false },
      }),
      series: [
        {
          ...still,
          type: 'line',
          symbol: 'none',
          data: [
            [nothing, -1],
            [nothing, rows.length],
          ],
          lineStyle: { color: palette.muted, width: 1.5, type: 'dashed' },
        },
        ...[true, false].map((which) => ({
          ...still,
          type: 'line',
          symbol: 'none',
          data: rows.flatMap(({ estimate, main }, y) =>
            main === which
              ? [
                  [round(estimate.low), y],
                  [round(estimate.high), y],
                  [null, null],
                ]
              : [],
          ),
          lineStyle: { color: which ? palette.blue : palette.muted, width: 2, type: 'solid' },
        })),
        ...[true, false].map((which) => ({
          ...still,
          type: 'scatter',
          symbol: 'rect',
          symbolSize: 10,
          itemStyle: { color: which ? palette.blue : palette.muted },
          data: rows.flatMap(({ estimate, main }, y) => (main === which ? [[round(estimate.value), y]] : [])),
        })),
      ],
    },
  };
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
