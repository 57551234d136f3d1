import type { ModelColumn } from '../../bundle/index.js';
import { chartSvg } from '../charts/chart.js';
import { type CirclePoint, circleChart } from '../charts/circle-chart.js';
import { type LoadingsView, loadingsChart } from '../charts/loadings-chart.js';
import { varianceChart } from '../charts/variance-chart.js';
import { fixed, percent } from '../page/format.js';
import { type Html, html, nothing } from '../page/html.js';
import { capped, foldedTable } from '../page/table.js';
import type { ReportData } from '../report-data.js';

type Pca = NonNullable<ReportData['pca']>;

const mostComponents = 20;
const mostColumns = 15;
/** A strength this small beside the largest is that of a column without variance. */
const negligible = 1e-12;
const mostDots = 400;
const mostLabels = 14;

/**
 * Explained variance, loadings per modality and the correlation circle.
 * @throws TypeError when the arrays of the analysis do not fit together (a bug of the caller)
 */
export function components(data: ReportData): Html {
  const { pca } = data;
  if (pca === null)
    return html`<section><h2>Principal components</h2><p class="calm">This model works on the columns themselves.</p></section>`;
  checkShapes(pca);
  const modalities = modalityNames(data.modalities, pca.columns);
  return html`<section aria-labelledby="components">
<h2 id="components">Principal components</h2>
${varianceFigure(pca)}
<h3>Which columns make up the components</h3>
${loadingsFigures(pca, modalities)}
${circleFigure(pca, modalities)}
</section>`;
}

function checkShapes({ columns, components: rows, explainedVarianceRatio, correlations }: Pca): void {
  const whole = rows.every((row) => row.length === columns.length);
  if (whole && rows.length === explainedVarianceRatio.length && correlations.length === columns.length) return;
  throw new TypeError(
    `The report's PCA has ${columns.length} columns, ${rows.length} components, ${explainedVarianceRatio.length} variance shares and ${correlations.length} correlations`,
  );
}

/** The modalities as given, then any other group that has columns. */
function modalityNames(given: readonly string[], columns: readonly ModelColumn[]): readonly string[] {
  return [...new Set([...given, ...columns.map((column) => column.group)])].filter((name) =>
    columns.some((column) => column.group === name),
  );
}

function varianceFigure(pca: Pca): Html {
  const shares = pca.allExplainedVarianceRatio.length > 0 ? pca.allExplainedVarianceRatio : pca.explainedVarianceRatio;
  const kept = pca.components.length;
  let running = 0;
  const rows = shares.map((share, i) => {
    running += share;
    return [`PC${i + 1}`, percent(share, 2), percent(running, 2), i < kept ? 'yes' : 'no'];
  });
  const held = pca.explainedVarianceRatio.reduce((sum, share) => sum + share, 0);
  return html`<figure class="wide">
<h3>Explained variance</h3>
${chartSvg(varianceChart(shares, kept))}
<figcaption>${pca.columns.length} columns become ${kept} components, which hold ${percent(held)} of the variance in training.${shares.length > 60 ? ' The first 60 are drawn.' : ''}</figcaption>
${foldedTable('Numbers behind the picture', {
  caption: 'Explained variance per component',
  head: ['Component', 'Share', 'Running total', 'Kept'],
  rows: capped(rows, 200),
  figures: [1, 2],
})}
</figure>`;
}

/** |loading| x share of variance, shape (components, at most 20) for one column. */
function strengths(pca: Pca, column: number): readonly number[] {
  return pca.components
    .slice(0, mostComponents)
    .map((row, k) => Math.abs(row[column] as number) * (pca.explainedVarianceRatio[k] as number));
}

function loadingsFigures(pca: Pca, modalities: readonly string[]): readonly Html[] {
  const all = pca.columns.map((column, c) => ({
    name: column.feature,
    group: column.group,
    c,
    row: strengths(pca, c),
  }));
  const peak = (row: readonly number[]): number => Math.max(0, ...row);
  const largest = all.reduce((most, { row }) => Math.max(most, peak(row)), 0);
  return modalities.map((modality, ordinal) => {
    const own = all.filter((column) => column.group === modality);
    const strongest = own
      .filter(({ row }) => peak(row) > largest * negligible)
      .sort((a, b) => peak(b.row) - peak(a.row) || a.c - b.c)
      .slice(0, mostColumns);
    const columns = strongest.map((column) => column.name);
    const view: LoadingsView = { modality, ordinal, columns, strength: strongest.map(({ row }) => row), largest };
    return loadingsFigure(view, own.length);
  });
}

function loadingsFigure(view: LoadingsView, columns: number): Html {
  const { modality, strength, largest } = view;
  if (strength.length === 0) {
    return html`<figure><h4>${modality}</h4><p class="calm">None of the ${columns} columns varies in training.</p></figure>`;
  }
  const shown = strength[0]?.length ?? 0;
  const which =
    view.columns.length < columns
      ? `the ${view.columns.length} strongest of ${columns}`
      : columns === 1
        ? 'its only'
        : `all ${columns}`;
  return html`<figure class="wide">
<h4>${modality}</h4>
${chartSvg(loadingsChart(view))}
<figcaption>|loading| times explained variance, ${which} column${columns === 1 ? '' : 's'}, first ${shown} components. <span class="ramp" aria-hidden="true"></span> 0 to ${fixed(largest, 4)}, the same for every modality; the colour grows with the square root.</figcaption>
${foldedTable('Numbers behind the picture', {
  caption: `|loading| times explained variance, ${modality}`,
  head: ['Column', ...Array.from({ length: shown }, (_, k) => `PC${k + 1}`)],
  rows: view.columns.map((name, r) => [name, ...(strength[r] ?? []).map((value) => fixed(value, 4))]),
  figures: Array.from({ length: shown }, (_, k) => k + 1),
})}
</figure>`;
}

function circleFigure(pca: Pca, modalities: readonly string[]): Html {
  if (pca.components.length < 2) return nothing;
  const length = (p: CirclePoint): number => Math.hypot(p.x, p.y);
  const points = pca.columns
    .map((column, c): CirclePoint => {
      const [x, y] = pca.correlations[c] as readonly [number, number];
      return { name: column.feature, modality: modalities.indexOf(column.group), x, y };
    })
    .filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y))
    .sort((a, b) => length(b) - length(a));
  if (points.length === 0) return nothing;
  const drawn = points.slice(0, mostDots);
  const shares = [
    percent(pca.explainedVarianceRatio[0] as number),
    percent(pca.explainedVarianceRatio[1] as number),
  ] as const;
  const rows = points.map((p) => [p.name, modalities[p.modality] as string, fixed(p.x), fixed(p.y), fixed(length(p))]);
  const extent =
    drawn.length < points.length
      ? `the ${drawn.length} farthest from the centre of ${points.length}`
      : `all ${points.length}`;
  return html`<figure class="wide">
<h3>Correlation circle</h3>
${chartSvg(circleChart(drawn, Math.min(mostLabels, drawn.length), modalities, shares))}
<figcaption>Correlation of each column with the first two components: ${extent} columns, the farthest with name and arrow. Near the circle a column is told by these two components almost alone.</figcaption>
${foldedTable('Numbers behind the picture', {
  caption: 'Correlation with the first two components',
  head: ['Column', 'Modality', 'PC1', 'PC2', 'Distance from centre'],
  rows: capped(rows, 100),
  figures: [2, 3, 4],
})}
</figure>`;
}
