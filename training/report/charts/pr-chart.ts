import type { PrCurve } from '../../evaluate/index.js';
import { fixed } from '../page/format.js';
import { axis, type Chart, legend, still } from './chart.js';
import { palette } from './palette.js';

/**
 * Precision by recall; the dashed line is the share that died, which calling everybody dead gives.
 * @param area       text of the average precision with its interval
 * @param prevalence share of the patients who died
 */
export function prChart(curve: PrCurve, area: string, prevalence: number): Chart {
  const drawn = { ...still, type: 'line', symbol: 'none' } as const;
  const share = { min: 0, max: 1, interval: 0.2 };
  const chance = `calling everybody dead (${fixed(prevalence, 2)})`;
  return {
    id: 'precision-recall',
    title: 'Precision and recall',
    description: `Precision-recall curve of the predicted probability of death, average precision ${area}; calling everybody dead has precision ${fixed(prevalence, 2)}.`,
    width: 500,
    height: 460,
    option: {
      grid: { left: 64, right: 24, top: 50, bottom: 56 },
      legend: {
        ...legend,
        orient: 'vertical',
        top: 0,
        left: 56,
        itemGap: 4,
        itemHeight: 6,
        icon: 'roundRect',
        data: ['model', chance],
        formatter: (name: string) => (name === 'model' ? `model, average precision ${area}` : name),
      },
      xAxis: axis('Recall (share of the dead called dead)', 32, share),
      yAxis: axis('Precision (share of those called dead who died)', 42, share),
      series: [
        {
          ...drawn,
          name: chance,
          data: [
            [0, prevalence],
            [1, prevalence],
          ],
          itemStyle: { color: palette.muted },
          lineStyle: { color: palette.muted, type: 'dashed', width: 1.5 },
        },
        {
          ...drawn,
          name: 'model',
          step: 'end',
          data: [[0, curve.precision[0] ?? 0], ...curve.recall.map((r, k) => [r, curve.precision[k] as number])],
          itemStyle: { color: palette.blue },
          lineStyle: { color: palette.blue, width: 2.5 },
        },
      ],
    },
  };
}
