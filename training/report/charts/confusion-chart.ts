import type { ConfusionMatrix } from '../../evaluate/index.js';
import { percent } from '../page/format.js';
import { cellSeries } from './cells.js';
import { axis, type Chart } from './chart.js';
import { palette } from './palette.js';

/** Confusion matrix; colour is the share of the row (of those who died, of those who lived). */
export function confusionChart(m: ConfusionMatrix): Chart {
  const rows = [
    [m.trueNegatives, m.falsePositives],
    [m.falseNegatives, m.truePositives],
  ] as const;
  const cells = rows.flatMap((row, y) => {
    const total = row[0] + row[1];
    return row.map((n, x) => {
      const share = total === 0 ? 0 : n / total;
      return { x, y, strength: share / 2, text: `${n}\n${percent(share, 0)}` };
    });
  });
  const category = {
    type: 'category',
    axisLine: { show: false },
    splitLine: { show: false },
    axisLabel: { color: palette.ink, fontSize: 13 },
  };
  return {
    id: 'confusion',
    title: 'Confusion matrix',
    description: `Of those who died ${m.truePositives} were called dead and ${m.falseNegatives} alive; of those who lived ${m.trueNegatives} were called alive and ${m.falsePositives} dead.`,
    width: 420,
    height: 380,
    option: {
      grid: { left: 100, right: 20, top: 60, bottom: 20 },
      xAxis: axis('Predicted', 30, { ...category, position: 'top', data: ['alive', 'dead'] }),
      yAxis: axis('In fact', 56, { ...category, inverse: true, data: ['alive', 'dead'] }),
      series: [cellSeries(cells, [150, 150])],
    },
  };
}
