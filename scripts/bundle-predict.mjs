/**
 * Writes `dist/predict.js`, which `thoracle/predict` stands for: serving/predict and all it reaches as one ESM file for browsers
 * and the edge, minified. It fails where a Node built-in or a package is reached. `node scripts/bundle-predict.mjs [FILE]`.
 */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

await build({
  absWorkingDir: root,
  entryPoints: ['serving/predict/index.ts'],
  outfile: resolve(process.argv[2] ?? join(root, 'dist', 'predict.js')),
  bundle: true,
  minify: true,
  format: 'esm',
  // Neither Node nor a browser: what is not ECMAScript cannot be resolved.
  platform: 'neutral',
  target: 'es2022',
  charset: 'utf8',
  logLevel: 'warning',
});
