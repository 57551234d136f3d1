/** A family of metrics of a page in Prometheus' text format: its series by name and labels. */
interface Family {
  readonly help: string;
  readonly type: string;
  readonly series: Map<string, number[]>;
}

type Page = Map<string, Family>;

/** How the values of several processes become one; whatever is not named is added up. */
const rules: readonly (readonly [RegExp, (values: readonly number[]) => number])[] = [
  // Each process compares its own rows with the training; the one that is furthest away speaks for all.
  [/^thoracle_drift_(?!rows$)/, (values) => Math.max(...values)],
  [/^(thoracle_model_info|nodejs_version_info)$/, (values) => Math.max(...values)],
  [/_min_seconds$|_start_time_seconds$/, (values) => Math.min(...values)],
  [/_max_seconds$|_p\d+_seconds$|_max_fds$/, (values) => Math.max(...values)],
  [/^nodejs_eventloop_lag/, (values) => sum(values) / values.length],
];

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

/**
 * Adds the pages of several processes up. Counters, histograms and gauges of amounts are summed; times of the event loop are the worst, the least or the mean
 * of all, as their names say; drift is the worst.
 */
export function mergePages(pages: readonly string[]): string {
  const merged: Page = new Map();
  for (const page of pages) addPage(merged, page);
  return written(merged);
}

/** What stays true of processes that have ended: their counters and histograms, not their gauges. */
export function countersOf(pages: readonly string[]): string {
  const merged: Page = new Map();
  for (const page of pages) addPage(merged, page);
  for (const [name, { type }] of merged) if (type !== 'counter' && type !== 'histogram') merged.delete(name);
  return written(merged);
}

const comment = /^# (HELP|TYPE) (\S+) (.*)$/;

function addPage(merged: Page, page: string): void {
  let family: Family | undefined;
  let help = '';
  for (const line of page.split('\n')) {
    const [, what, name = '', text = ''] = comment.exec(line) ?? [];
    if (what === 'HELP') help = text;
    else if (what === 'TYPE') {
      family = merged.get(name) ?? { help, type: text, series: new Map() };
      merged.set(name, family);
    } else if (family !== undefined && line !== '' && !line.startsWith('#')) addSeries(family, line);
  }
}

function addSeries({ series }: Family, line: string): void {
  const end = line.lastIndexOf(' ');
  const [key, value] = [line.slice(0, end), Number(line.slice(end + 1))];
  const known = series.get(key);
  if (known === undefined) series.set(key, [value]);
  else known.push(value);
}

function written(page: Page): string {
  const lines: string[] = [];
  for (const [name, { help, type, series }] of page) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    const rule = rules.find(([pattern]) => pattern.test(name))?.[1] ?? sum;
    for (const [key, values] of series) lines.push(`${key} ${textOf(rule(values))}`);
    lines.push('');
  }
  return lines.join('\n');
}

function textOf(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}
