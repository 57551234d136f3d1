import type { DecisionCurve } from '../../evaluate/index.js';
import { axis, axisLabel, type Chart, legend, still } from './chart.js';
import { palette } from './palette.js';

/** Net benefit by the probability from which one would act: of the model, of acting on everybody, on nobody. */
export function decisionChart(curve: DecisionCurve): Chart {
  const top = Math.max(0.05, ...curve.model, ...curve.treatAll);
  const bottom = -top / 4;
  const within = (values: readonly number[]) =>
    values.map((value, k) => [curve.threshold[k] as number, value < bottom ? null : Math.round(value * 1e5) / 1e5]);
  const drawn = { ...still, type: 'line', symbol: 'none' } as const;
  return {
    id: 'decision',
    title: 'Decision curve',
    description: `Net benefit of acting on patients whose predicted probability reaches a threshold, beside acting on everybody and on nobody. ${whereBest(curve)}`,
    width: 760,
    height: 380,
    option: {
      grid: { left: 76, right: 24, top: 46, bottom: 56 },
      legend: {
        ...legend,
        top: 4,
        left: 70,
        itemGap: 32,
        itemHeight: 6,
        icon: 'roundRect',
        data: ['model', 'everybody', 'nobody'],
      },
      xAxis: axis('Probability of death from which one would act', 32, { min: 0, max: 1, interval: 0.1 }),
      yAxis: axis('Net benefit per patient', 56, {
        min: bottom,
        max: top,
        axisLabel: { ...axisLabel, formatter: (value: number) => value.toFixed(2) },
      }),
      series: [
        {
          ...drawn,
          name: 'nobody',
          data: [
            [0, 0],
            [1, 0],
          ],
          itemStyle: { color: palette.muted },
          lineStyle: { color: palette.muted, type: 'dashed', width: 1.5 },
        },
        {
          ...drawn,
          name: 'everybody',
          data: within(curve.treatAll),
          itemStyle: { color: palette.orange },
          lineStyle: { color: palette.orange, width: 2 },
        },
        {
          ...drawn,
          name: 'model',
          data: within(curve.model),
          itemStyle: { color: palette.blue },
          lineStyle: { color: palette.blue, width: 2.5 },
        },
      ],
    },
  };
}

function whereBest({ threshold, model, treatAll }: DecisionCurve): string {
  const best = threshold.filter((_, k) => (model[k] as number) > Math.max(0, treatAll[k] as number));
  if (best.length === 0) return 'The model is nowhere above both.';
  return `The model is above both at ${best.length} of ${threshold.length} thresholds, from ${best[0]} to ${best.at(-1)}.`;
}
