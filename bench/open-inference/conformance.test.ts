import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../serving/http/app.js';
import { type Listening, listen } from '../../serving/http/listen.js';
import { modelFolder } from '../../serving/models/model-folder.js';
import { ModelHost } from '../../serving/models/model-host.js';
import { readModel } from '../../serving/models/read-model.js';
import { writeModelFolder } from '../../test/serving/model-folders.js';
import { checkConformance, checkLoading } from './conformance.js';

let root = '';
let server: Listening;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'thoracle-conformance-'));
  await writeModelFolder(join(root, 'lung'));
  await writeModelFolder(join(root, 'other'), { threshold: 0.4 });
  const models = new ModelHost({ read: readModel });
  await models.load('lung', join(root, 'lung'), { version: '1' });
  await models.swap('lung', join(root, 'other'), { version: '2', keepOthers: true });
  server = await listen(buildApp({ models, defaultModel: 'lung', repository: modelFolder(root) }), { port: 0 });
});
afterAll(async () => {
  await server.close();
  await rm(root, { recursive: true, force: true });
});

describe('the Open Inference Protocol', () => {
  test('this server meets every demand', async () => {
    const results = await checkConformance(server.url, 'lung');
    expect(results.length).toBeGreaterThan(15);
    expect(results.filter(({ failure }) => failure !== undefined)).toEqual([]);
  });

  test('and the repository’s', async () => {
    expect(await checkLoading(server.url, 'other')).toEqual([
      { demand: expect.stringContaining('is loaded, answers, is loaded again, and is unloaded') },
    ]);
    const [none] = await checkLoading(server.url, 'there-is-none');
    expect(none?.failure).toContain('that the index lists it');
  });

  test('a server that answers anything with 200 and nothing meets next to none', async () => {
    const empty = createServer((_request, response) =>
      response.setHeader('content-type', 'application/json').end('{}'),
    );
    await new Promise<void>((resolve) => empty.listen(0, '127.0.0.1', resolve));
    const { port } = empty.address() as AddressInfo;
    const results = await checkConformance(`http://127.0.0.1:${port}`, 'lung');
    const [loading] = await checkLoading(`http://127.0.0.1:${port}`, 'lung');
    empty.close();
    expect(loading?.failure).toContain('the index is no list');
    expect(results.filter(({ failure }) => failure === undefined).length).toBeLessThan(5);
  });
});
