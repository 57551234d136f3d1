import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * Runs npm as it was called: its script when npm runs us, its command otherwise.
 * @param {readonly string[]} words
 * @param {import('node:child_process').SpawnSyncOptions} options
 */
export function npm(words, options) {
  const script = process.env.npm_execpath;
  const viaScript = script?.endsWith('.js') && existsSync(script);
  const [command, first] = viaScript
    ? [process.execPath, [script]]
    : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
  return spawnSync(command, [...first, ...words], { ...options, shell: process.platform === 'win32' });
}
