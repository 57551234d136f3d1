import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { thoracle } from '../../test/thoracle.js';
import { generateCohort } from '../generate/generate-cohort.js';
import { indexCohort } from '../indexing/index-cohort.js';
import { findSeries } from './dicomweb-client.js';
import { pullCohort } from './pull-cohort.js';

const binary = ['/usr/sbin/Orthanc', '/usr/bin/Orthanc'].find((path) => existsSync(path));
const plugin = ['/usr/share/orthanc/plugins/libOrthancDicomWeb.so', '/usr/lib/orthanc/libOrthancDicomWeb.so'].find(
  (path) => existsSync(path),
);
const missing = binary === undefined || plugin === undefined;
const why = missing ? ' [needs the packages orthanc and orthanc-dicomweb]' : '';

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { readonly port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** A real PACS on loopback with a user of its own; it ends with the test. */
async function startOrthanc(root: string) {
  const port = await freePort();
  const configuration = {
    Name: 'test',
    StorageDirectory: join(root, 'storage'),
    IndexDirectory: join(root, 'storage'),
    Plugins: [plugin],
    HttpPort: port,
    HttpServerEnabled: true,
    DicomServerEnabled: false,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: true,
    RegisteredUsers: { tester: 'secret' },
    DicomWeb: { Enable: true, Root: '/dicom-web/' },
  };
  mkdirSync(join(root, 'storage'));
  writeFileSync(join(root, 'orthanc.json'), JSON.stringify(configuration));
  const child = spawn(binary ?? '', [join(root, 'orthanc.json')], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const base = `http://127.0.0.1:${port}`;
  const authorization = `Basic ${Buffer.from('tester:secret').toString('base64')}`;
  for (let i = 0; ; i++) {
    const up = await fetch(`${base}/system`, { headers: { authorization } }).then(
      (r) => r.ok,
      () => false,
    );
    if (up) break;
    if (i > 300) throw new Error('Orthanc did not start within 30 s');
    await sleep(100);
  }
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { base, authorization, stop };
}

describe.skipIf(missing)(`a real Orthanc${why}`, () => {
  let root: string;
  let cohort: string;
  let orthanc: Awaited<ReturnType<typeof startOrthanc>>;
  let service: Parameters<typeof pullCohort>[0];
  let patients: readonly string[];

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'thoracle-orthanc-'));
    cohort = join(root, 'cohort');
    await generateCohort({ patients: 2, seed: 9, out: cohort });
    orthanc = await startOrthanc(root);
    service = {
      url: `${orthanc.base}/dicom-web`,
      authorization: orthanc.authorization,
      politeness: { attempts: 2, pauseMs: 10, idleMs: 20_000 },
    };
    const index = await indexCohort(cohort);
    patients = [...new Set(index.series.map((s) => s.patientId))].sort();
    for (const file of index.series.flatMap((s) => s.files)) {
      const body = readFileSync(join(cohort, file.path));
      const stored = await fetch(`${orthanc.base}/instances`, {
        method: 'POST',
        body,
        headers: { authorization: orthanc.authorization },
      });
      expect(stored.status).toBe(200);
    }
  });
  afterAll(async () => {
    await orthanc?.stop();
    if (root !== undefined) rmSync(root, { recursive: true, force: true });
  });

  const options = { patients: [] as readonly string[], query: {}, modalities: ['CT', 'SEG', 'RTSTRUCT'], parallel: 4 };
  const shape = async (folder: string) =>
    (await indexCohort(folder)).series
      .map((s) => `${s.patientId} ${s.modality} ${s.seriesInstanceUid} ${s.files.length}`)
      .sort();

  test('gives back every series of every patient, as it was stored', async () => {
    const dest = join(root, 'all');
    const result = await pullCohort(service, dest, { ...options, patients });
    expect(result).toMatchObject({ patients: 2, failed: [], alreadyThere: 0 });
    expect(await shape(dest)).toEqual(await shape(cohort));
    expect(await pullCohort(service, dest, { ...options, patients })).toMatchObject({
      fetched: 0,
      alreadyThere: result.fetched,
    });
  });

  test('answers queries by other attributes, and one kind alone', async () => {
    const [first = ''] = patients;
    const all = await findSeries(service, { Modality: 'CT' });
    expect(all.map((s) => s.patientId)).toEqual(patients);
    const dest = join(root, 'ct');
    await pullCohort(service, dest, { ...options, query: { PatientID: first }, modalities: ['CT'] });
    expect(await shape(dest)).toEqual((await shape(cohort)).filter((line) => line.startsWith(`${first} CT`)));
    await expect(pullCohort(service, dest, { ...options, patients: ['nobody'] })).rejects.toMatchObject({
      code: 'COHORT_PULL_NOTHING',
    });
  });

  test('the command takes credentials from a file or the environment, and is refused without', async () => {
    const [first = ''] = patients;
    const args = ['cohort', 'pull', '--dicomweb', `${service.url}/`, '--dest', join(root, 'cli'), '--patient', first];
    const refused = await thoracle(...args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('401');
    writeFileSync(join(root, 'credentials'), 'tester:secret\n');
    const pulled = await thoracle(...args, '--credentials', join(root, 'credentials'), '--json');
    expect(pulled.code).toBe(0);
    expect(JSON.parse(pulled.stdout)).toMatchObject({ patients: 1, failed: [] });
    expect(readdirSync(join(root, 'cli'))).toEqual([first]);
    expect(pulled.stderr + pulled.stdout).not.toContain('secret');
  });
});
