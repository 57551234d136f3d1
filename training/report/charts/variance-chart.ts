import { percent } from '../page/format.js';
import { axis, axisLabel, type Chart, legend, still } from './chart.js';
import { palette } from './palette.js';

const mostShown = 60;

/**
 * Scree and cumulative curve.
 * @param shares of the training variance, all components, descending
 * @param kept   how many the model uses
 */
export function varianceChart(shares: readonly number[], kept: number): Chart {
  const shown = shares.slice(0, mostShown);
  const cumulative: number[] = [];
  for (const share of shown) cumulative.push((cumulative.at(-1) ?? 0) + share);
  const bars = (wanted: (i: number) => boolean) => shown.map((share, i) => (wanted(i) ? share * 100 : null));
  return {
    id: 'variance',
    title: 'Explained variance',
    description: `Bars: share of the variance per principal component, the first ${percent(shown[0] ?? 0)}. Line: running total. The model keeps ${kept} components, together ${percent(cumulative[Math.min(kept, shown.length) - 1] ?? 0)}.`,
    width: 760,
    height: 340,
    option: {
      grid: { left: 64, right: 24, top: 46, bottom: 56 },
      legend: { ...legend, top: 4, left: 60, itemGap: 32, data: ['kept', 'left out', 'cumulative'] },
      xAxis: axis('Principal component', 32, {
        type: 'category',
        data: shown.map((_, i) => String(i + 1)),
        splitLine: { show: false },
        axisLabel,
      }),
      yAxis: axis('Share of variance', 44, { min: 0, max: 100, axisLabel: { ...axisLabel, formatter: '{value} %' } }),
      series: [
        {
          ...still,
          type: 'bar',
          name: 'kept',
          stack: 'share',
          data: bars((i) => i < kept),
          itemStyle: { color: palette.blue },
        },
        {
          ...still,
          type: 'bar',
          name: 'left out',
          stack: 'share',
          data: bars((i) => i >= kept),
          itemStyle: { color: palette.muted },
        },
        {
          ...still,
          type: 'line',
          name: 'cumulative',
          data: cumulative.map((share) => share * 100),
          symbol: 'circle',
          symbolSize: 4,
          itemStyle: { color: palette.orange },
          lineStyle: { color: palette.orange, width: 2 },
        },
      ],
    },
  };
}
