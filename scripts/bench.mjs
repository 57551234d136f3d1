/** `npm run bench -- [NAME…] [--OPTION …]`: runs the benchmarks of bench/ one after the other, with the options; each prints its machine, sizes and figures. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const compiled = join(root, 'dist', 'bench');
const all = readdirSync(compiled)
  .filter((name) => name.endsWith('.js'))
  .map((name) => name.slice(0, -3))
  .sort();
const words = process.argv.slice(2);
const first = words.findIndex((word) => word.startsWith('--'));
const asked = first < 0 ? words : words.slice(0, first);
const options = first < 0 ? [] : words.slice(first);
const unknown = asked.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`no benchmark named ${unknown.join(', ')}; there are ${all.join(', ')}`);
  process.exit(2);
}
console.log(
  `${os.cpus()[0]?.model ?? 'unknown CPU'}, ${os.cpus().length} cores, Node ${process.versions.node}, ${process.platform}`,
);
let failed = 0;
for (const name of asked.length > 0 ? asked : all) {
  console.log(`\n== ${name}`);
  failed +=
    spawnSync(process.execPath, ['--expose-gc', join(compiled, `${name}.js`), ...options], {
      cwd: root,
      stdio: 'inherit',
    }).status === 0
      ? 0
      : 1;
}
process.exit(failed === 0 ? 0 : 1);
