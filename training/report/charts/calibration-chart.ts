import type { CalibrationCurve } from '../../evaluate/index.js';
import { axis, type Chart, legend, still } from './chart.js';
import { palette } from './palette.js';

/** Patients of about the same predicted probability. */
export interface CalibrationGroup {
  readonly patients: number;
  /** Mean predicted probability. */
  readonly predicted: number;
  /** Share that died, with its 95 % interval. */
  readonly observed: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Smoothed calibration curve, groups with intervals, and the diagonal on which predictions are right.
 * @param summary slope, intercept and calibration index as text
 */
export function calibrationChart(curve: CalibrationCurve, groups: readonly CalibrationGroup[], summary: string): Chart {
  const drawn = { ...still, type: 'line', symbol: 'none' } as const;
  const share = { min: 0, max: 1, interval: 0.2 };
  return {
    id: 'calibration',
    title: 'Calibration',
    description: `Share of patients who died by predicted probability, smoothed and in ${groups.length} groups; the diagonal is right. ${summary}.`,
    width: 500,
    height: 460,
    option: {
      grid: { left: 64, right: 24, top: 66, bottom: 56 },
      legend: {
        ...legend,
        orient: 'vertical',
        top: 0,
        left: 56,
        itemGap: 4,
        itemHeight: 6,
        data: ['model, smoothed', 'groups of patients, 95 % interval', 'right'].map((name) =>
          name.startsWith('groups') ? { name, icon: 'circle' } : { name, icon: 'roundRect' },
        ),
      },
      xAxis: axis('Predicted probability of death', 32, share),
      yAxis: axis('Share that died', 42, share),
      series: [
        {
          ...drawn,
          name: 'right',
          data: [
            [0, 0],
            [1, 1],
          ],
          itemStyle: { color: palette.muted },
          lineStyle: { color: palette.muted, type: 'dashed', width: 1.5 },
        },
        {
          ...drawn,
          name: 'model, smoothed',
          data: curve.predicted.map((x, k) => [round(x), round(curve.observed[k] as number)]),
          itemStyle: { color: palette.blue },
          lineStyle: { color: palette.blue, width: 2.5 },
        },
        {
          ...drawn,
          data: groups.flatMap(({ predicted, low, high }) => [
            [round(predicted), round(low)],
            [round(predicted), round(high)],
            [null, null],
          ]),
          lineStyle: { color: palette.orange, width: 1.5, type: 'solid' },
        },
        {
          ...still,
          type: 'scatter',
          name: 'groups of patients, 95 % interval',
          symbolSize: 9,
          data: groups.map(({ predicted, observed }) => [round(predicted), round(observed)]),
          itemStyle: { color: palette.orange },
        },
      ],
    },
  };
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
