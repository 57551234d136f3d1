import type { RocCurve } from '../../evaluate/index.js';
import { fixed } from '../page/format.js';
import { axis, type Chart, legend, still } from './chart.js';
import { palette } from './palette.js';

/**
 * ROC curve with the model's decision marked; the diagonal is chance, and the majority-class baseline.
 * @param auc      text of the area with its interval
 * @param decision false and true positive rate at the model's threshold
 */
export function rocChart(curve: RocCurve, auc: string, decision: readonly [number, number]): Chart {
  const points = curve.falsePositiveRate.map((fpr, i) => [fpr, curve.truePositiveRate[i] as number]);
  const drawn = { ...still, type: 'line', symbol: 'none' } as const;
  const share = { min: 0, max: 1, interval: 0.2 };
  return {
    id: 'roc',
    title: 'Receiver operating characteristic',
    description: `ROC curve of the predicted probability of death, area ${auc}. At the model's threshold ${fixed(decision[1], 2)} of the dead and ${fixed(decision[0], 2)} of the living are called dead.`,
    width: 500,
    height: 480,
    option: {
      grid: { left: 64, right: 24, top: 66, bottom: 56 },
      legend: {
        ...legend,
        orient: 'vertical',
        top: 0,
        left: 56,
        itemGap: 4,
        data: ['model', 'majority baseline (chance)', 'decision'].map((name) =>
          name === 'decision' ? { name, icon: 'circle' } : { name, icon: 'roundRect' },
        ),
        itemHeight: 6,
        formatter: (name: string) =>
          name === 'model' ? `model, area ${auc}` : name === 'decision' ? "at the model's threshold" : name,
      },
      xAxis: axis('False positive rate (living called dead)', 32, share),
      yAxis: axis('True positive rate (dead called dead)', 42, share),
      series: [
        {
          ...drawn,
          name: 'majority baseline (chance)',
          data: [
            [0, 0],
            [1, 1],
          ],
          itemStyle: { color: palette.muted },
          lineStyle: { color: palette.muted, type: 'dashed', width: 1.5 },
        },
        {
          ...drawn,
          name: 'model',
          data: points,
          itemStyle: { color: palette.blue },
          lineStyle: { color: palette.blue, width: 2.5 },
        },
        {
          ...still,
          type: 'scatter',
          name: 'decision',
          data: [[...decision]],
          symbolSize: 12,
          itemStyle: { color: palette.orange },
        },
      ],
    },
  };
}
