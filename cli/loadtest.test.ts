import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeModelFolder } from '../test/serving/model-folders.js';
import { type Serving, startServing, thoracle } from '../test/thoracle.js';

const folder = mkdtempSync(join(tmpdir(), 'loadtest-'));
let server: Serving;
beforeAll(async () => {
  await writeModelFolder(join(folder, 'model'));
  server = await startServing('--model', join(folder, 'model'), '--port', '0');
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe('thoracle loadtest', () => {
  test('finds a rate, recommends processes for another and draws the curve', async () => {
    const svg = join(folder, 'curve.svg');
    const bounds = ['--p99', '20s', '--seconds', '1', '--from', '500000', '--connections', '2'];
    const asked = ['--want', '1000', '--cores', '2', '--svg', svg, '--json'];
    const { code, stdout } = await thoracle('loadtest', server.url, ...bounds, ...asked);
    expect(code).toBe(0);
    const answer = JSON.parse(stdout);
    expect(answer.steps.length).toBeGreaterThan(1);
    expect(answer.steps.at(-1).holds).toBe(false);
    const statuses = answer.steps.flatMap((step: { result: { statuses: object } }) =>
      Object.keys(step.result.statuses),
    );
    expect(new Set(statuses)).toEqual(new Set(['200']));
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [\s\S]*requests per second[\s\S]*<\/svg>$/);
  });

  test('asks a server how many processes it has', async () => {
    const several = await startServing('--model', join(folder, 'model'), '--port', '0', '--processes', '2');
    const bounds = ['--p99', '20s', '--seconds', '1', '--from', '500000', '--connections', '1'];
    const { code, stdout } = await thoracle('loadtest', several.url, ...bounds, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ processes: 2 });
    expect(await several.stop()).toMatchObject({ code: 0 });
  });

  test.each([
    ['nothing that listens', 'http://127.0.0.1:1', /not answered/],
    ['another protocol', 'https://127.0.0.1:1', /http:\/\//],
    ['no address', 'here', /http:\/\//],
  ])('%s is one sentence', async (_what, url, message) => {
    const { code, stderr } = await thoracle('loadtest', url);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
