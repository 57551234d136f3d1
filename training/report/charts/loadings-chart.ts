import { fixed, shortened } from '../page/format.js';
import { cellSeries } from './cells.js';
import { axis, axisLabel, type Chart } from './chart.js';

/** One modality's strongest columns on the first components. */
export interface LoadingsView {
  readonly modality: string;
  /** Ordinal of the modality, for the picture's id. */
  readonly ordinal: number;
  /** Shape (r): strongest first. */
  readonly columns: readonly string[];
  /** Shape (r x c): |loading| x share of variance. */
  readonly strength: readonly (readonly number[])[];
  /** Largest strength over all modalities: the colours of all maps compare. */
  readonly largest: number;
}

const cellHeight = 24;
const left = 270;
const cellWidth = 33;

/** Heat map: columns of one modality by principal component. */
export function loadingsChart(view: LoadingsView): Chart {
  const { modality, columns, strength, largest } = view;
  const components = strength[0]?.length ?? 0;
  const cells = strength.flatMap((row, y) =>
    row.map((value, x) => ({ x, y, strength: largest === 0 ? 0 : Math.sqrt(value / largest) })),
  );
  return {
    id: `loadings-${view.ordinal}`,
    title: `Loadings, ${modality}`,
    description: `Heat map of |loading| times explained variance: the ${columns.length} strongest columns of ${modality} by the first ${components} components. Strongest: ${columns[0] ?? 'none'}, ${fixed(Math.max(0, ...(strength[0] ?? [])), 4)}.`,
    width: left + components * cellWidth + 20,
    height: 46 + columns.length * cellHeight,
    option: {
      grid: { left, right: 20, top: 40, bottom: 6 },
      xAxis: axis('', 0, {
        type: 'category',
        position: 'top',
        data: strength[0]?.map((_, i) => `PC${i + 1}`) ?? [],
        axisLabel: { ...axisLabel, interval: 0, fontSize: 11 },
        axisLine: { show: false },
        splitLine: { show: false },
      }),
      yAxis: axis('', 0, {
        type: 'category',
        inverse: true,
        data: columns.map((name) => shortened(name, 36)),
        axisLabel: { ...axisLabel, interval: 0 },
        axisLine: { show: false },
        splitLine: { show: false },
      }),
      series: [cellSeries(cells, [cellWidth, cellHeight])],
    },
  };
}
