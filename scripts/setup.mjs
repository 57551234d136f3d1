/**
 * Brings a checkout to where it can run: npm packages, libxgboost, compiled code. Uses Node built-ins only,
 * since nothing else is there yet. Doing it twice costs about a second. In an installed package, which npm has
 * already completed, only libxgboost is brought.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './npm.mjs';
import { ensureXgboost } from './xgboost.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const log = (message) => process.stderr.write(`setup: ${message}\n`);

function fail(message) {
  log(message);
  process.exit(2);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`Node ${process.versions.node} is too old: 20.19 or newer is needed.`);
}

function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.thoracle-setup');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  log('installing npm packages (npm ci) …');
  const result = npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (result.status !== 0) fail('npm ci failed; its own message is above.');
  writeFileSync(stamp, lock);
}

function compile() {
  const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { stdio: ['ignore', 2, 2] });
  if (built.status !== 0) process.exit(2);
}

async function bringXgboost() {
  try {
    const library = await ensureXgboost({ root, log });
    log(`libxgboost: ${library.how}`);
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}

const isCheckout = existsSync(join(root, 'tsconfig.build.json'));
checkNode();
if (isCheckout) installPackages();
await bringXgboost();
if (isCheckout) compile();
