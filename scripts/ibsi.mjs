/**
 * `npm run ibsi [-- --json]`: measures the IBSI 1 phantoms, prints every value beside its reference and writes the same to
 * docs/reference/ibsi-values.md. With `--json` it prints {passed, total, failed} and writes nothing. Fails when a value does.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const load = (path) => import(join(root, 'dist', 'pipelines', 'imaging', 'ibsi', path));
const { checkDataSet, ibsiDataSets } = await load('data-sets.js');
const { conformanceCells, conformanceHeader, conformancePage, conformanceSummary } =
  await load('conformance-report.js');

const unknown = process.argv.slice(2).filter((argument) => argument !== '--json');
if (unknown.length > 0) {
  console.error(`unknown argument ${unknown.join(' ')}; the only one is --json`);
  process.exit(2);
}
const data = join(process.env.THORACLE_SHARED_DATA ?? join(dirname(root), 'shared', 'data'), 'ibsi-1');
if (!existsSync(data)) {
  console.error(`the IBSI reference data is not in ${data}; THORACLE_SHARED_DATA says where the reference data is`);
  process.exit(2);
}
const settings = join(root, 'pipelines', 'imaging', 'reference', 'ibsi');
const json = process.argv.includes('--json');
const checked = [];
for (const set of ibsiDataSets) {
  const result = await checkDataSet(set, data, settings, () => performance.now() / 1000);
  checked.push(result);
  if (!json) print(result);
}
const summary = conformanceSummary(checked);
if (json) console.log(JSON.stringify(summary));
else {
  console.log(`\n${summary.passed} of ${summary.total} values pass`);
  for (const failed of summary.failed) console.log(`FAIL ${failed}`);
  const page = join(root, 'docs', 'reference', 'ibsi-values.md');
  writeFileSync(page, conformancePage(checked));
  console.log(`written: ${page}`);
}
process.exit(summary.passed === summary.total ? 0 : 1);

function print(result) {
  const passed = result.rows.filter((row) => row.passed).length;
  console.log(
    `\n== ${result.name}: ${passed} of ${result.rows.length} pass, measured in ${result.seconds.toFixed(2)} s`,
  );
  const cells = [conformanceHeader, ...conformanceCells(result)];
  const widths = conformanceHeader.map((_, k) => Math.max(...cells.map((row) => row[k].length)));
  for (const row of cells)
    console.log(
      row
        .map((text, k) => text.padEnd(widths[k]))
        .join('  ')
        .trimEnd(),
    );
}
