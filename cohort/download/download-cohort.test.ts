import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ArchiveServer } from '../../test/archive-server.js';
import { thoracle } from '../../test/thoracle.js';
import { readArchive } from './archive.js';
import { type DownloadOptions, downloadCohort, planDownload } from './download-cohort.js';
import { retryAfterMs } from './polite-request.js';

const clinical = '/tables/clinical.csv';
const expression = '/tables/expression.txt.gz';
const politeness = { attempts: 4, pauseMs: 5, idleMs: 300 };

let root: string;
let dest: string;
let archives: string;
let server: ArchiveServer;

/** Bytes that differ from file to file and place to place. */
function content(seed: number, length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 17 + (i >>> 8)) & 0xff));
}

function row(patient: string, ct: string, seg: string, ctObjects: number) {
  const series = (name: string, uid: string, folder: string, objects: number) => ({
    [`${name}_SeriesInstanceUID`]: uid,
    [`${name}_series_aws_url`]: `s3://bucket/${folder}/*`,
    [`${name}_series_size_MB`]: 0.05,
    [`${name}_instanceCount`]: objects,
  });
  return {
    patient,
    ...series('ct', `1.2.${ct.length}.${patient.length}1`, ct, ctObjects),
    ...series('seg', `1.2.9${seg.length}.2`, seg, 1),
  };
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'thoracle-download-'));
  dest = join(root, 'data');
  server = new ArchiveServer();
  const base = await server.start();
  server.rows = [
    row('R01-001', 'ct-one', 'seg-one', 3),
    row('R01-0022', 'ct-number-two', 'seg-number-two', 1),
    row('R01-00333', 'ct-3', 'seg-3', 1),
  ];
  for (const [i, key] of [
    'ct-one/a.dcm',
    'ct-one/b.dcm',
    'ct-one/c.dcm',
    'seg-one/s.dcm',
    'ct-number-two/a.dcm',
    'seg-number-two/s.dcm',
    'ct-3/a.dcm',
    'seg-3/s.dcm',
  ].entries()) {
    server.files.set(`/bucket/${key}`, content(i, 40_000 + i));
  }
  server.files.set(clinical, Buffer.from('Case ID,Age\nR01-001,34\n'));
  server.files.set(expression, gzipSync('\tR01-001\nEGFR\t1.5\n'));
  archives = join(root, 'archives.json');
  const tables = [
    { modality: 'clinical', url: base + clinical },
    { modality: 'expression', url: base + expression },
  ];
  const series = { queryUrl: `${base}/sql`, collectionId: 'made_up', buckets: { bucket: `${base}/bucket` } };
  const archive = {
    title: 'A made-up collection',
    licence: 'CC BY 9.0',
    citations: ['Somebody. Something.'],
    tables,
    series,
  };
  writeFileSync(archives, JSON.stringify({ 'nsclc-radiogenomics': archive }));
});
afterEach(async () => {
  await server.stop();
  rmSync(root, { recursive: true, force: true });
});

async function download(options: DownloadOptions = {}) {
  const archive = await readArchive('nsclc-radiogenomics', archives);
  const all = { politeness, ...options };
  return downloadCohort(archive, dest, await planDownload(archive, dest, all), all);
}

const files = () =>
  (readdirSync(dest, { recursive: true }) as string[]).filter((f) => statSync(join(dest, f)).isFile()).sort();

/** Every stored byte is the server's, and nothing unfinished lies about. */
function expectWhole(count = 8): void {
  const stored = files().filter((file) => file.endsWith('.dcm'));
  expect(stored.length).toBe(count);
  const originals = new Set([...server.files.values()].map((bytes) => bytes.toString('base64')));
  for (const file of stored) expect(originals.has(readFileSync(join(dest, file)).toString('base64'))).toBe(true);
  expect(files().filter((file) => file.includes('.part'))).toEqual([]);
}

describe('a download', () => {
  test('fetches tables and the pairs of CT and segmentation, with terms and a pinned list', async () => {
    const result = await download();
    expect(result).toMatchObject({ fetched: 10, alreadyThere: 0, failed: [] });
    expectWhole();
    expect(readFileSync(join(dest, 'clinical.csv'))).toEqual(server.files.get(clinical));
    expect(readFileSync(join(dest, 'expression.txt.gz'))).toEqual(server.files.get(expression));
    const terms = readFileSync(join(dest, 'LICENCE-AND-CITATION.txt'), 'utf8');
    expect(terms).toContain('CC BY 9.0');
    expect(terms).toContain('Somebody. Something.');
    // The rows came in pages, since the server gives two at a time; the listing of three objects, too.
    expect(server.requests('/sql').length).toBe(2);
    expect(server.requests('/bucket/').length).toBe(7);
  });

  test('run again it fetches nothing and does not ask for the list; --refresh does', async () => {
    await download();
    server.seen.length = 0;
    expect(await download()).toMatchObject({ fetched: 0, alreadyThere: 10 });
    expect(server.requests('/sql').length).toBe(0);
    expect(server.seen.filter(({ path }) => server.files.has(path))).toEqual([]);
    await download({ refresh: true });
    expect(server.requests('/sql').length).toBe(2);
  });

  test('takes the patients and kinds that are asked for; an unknown patient is named', async () => {
    await download({ patients: ['R01-001'], modalities: ['seg'] });
    expect(files().filter((file) => file.endsWith('.dcm'))).toEqual(['dicom/R01-001/SEG-1.2.97.2/s.dcm']);
    expect(existsSync(join(dest, 'clinical.csv'))).toBe(false);
    await expect(download({ patients: ['R01-9'] })).rejects.toMatchObject({ code: 'COHORT_DOWNLOAD_NO_PATIENT' });
  });
});

describe('servers that misbehave', () => {
  const one = '/bucket/ct-one/a.dcm';

  test('broken and silent connections: the rest is asked for as a range, and only the rest comes', async () => {
    server.faults.set(one, [{ breakAfter: 15_000 }, { silentAfter: 5_000 }]);
    await download();
    expectWhole();
    const ranges = server.requests(one).map(({ range }) => range);
    expect(ranges).toEqual([undefined, 'bytes=15000-', 'bytes=20000-']);
    expect(server.requests(one).reduce((sum, { sent }) => sum + sent, 0)).toBe(40_000);
  });

  test('429 and 503: asked again after the pause that the server names', async () => {
    server.faults.set(one, [{ status: 429, headers: { 'retry-after': '0' } }, { status: 503 }]);
    server.faults.set('/sql', [{ status: 429, headers: { 'retry-after': '0' } }]);
    server.faults.set(clinical, [{ status: 502 }]);
    expect((await download()).failed).toEqual([]);
    expectWhole();
    expect(retryAfterMs('7', 0)).toBe(7000);
    expect(retryAfterMs('Thu, 01 Jan 1970 00:00:09 GMT', 4000)).toBe(5000);
    expect(retryAfterMs('soon', 0)).toBeUndefined();
  });

  test('404, and what stays broken, fail alone with their address; the others arrive, a later run goes on', async () => {
    server.faults.set(
      one,
      Array.from({ length: 4 }, () => ({ status: 503 })),
    );
    server.faults.set('/bucket/ct-3/a.dcm', [{ status: 404 }]);
    const { failed, fetched } = await download();
    expect(fetched).toBe(8);
    expect(failed.map(({ reason }) => reason.replace(/http:\S+\/bucket/, ''))).toEqual([
      'Cannot fetch /ct-one/a.dcm: the server answered 503 Service Unavailable, 4 times',
      'Cannot fetch /ct-3/a.dcm: the server answered 404 Not Found',
    ]);
    expect(await download()).toMatchObject({ fetched: 2, alreadyThere: 8, failed: [] });
    expectWhole();
  });

  test('a damaged answer, a damaged part and a range that is ignored never become a file', async () => {
    server.faults.set(one, [{ damage: true }]);
    server.faults.set(expression, [{ damage: true }]);
    const folder = join(dest, 'dicom/R01-001/CT-1.2.6.71');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'b.dcm.part'), Buffer.alloc(1000, 1));
    writeFileSync(join(folder, 'c.dcm.part'), content(2, 40_002).subarray(0, 500));
    server.faults.set('/bucket/ct-one/c.dcm', [{ ignoreRange: true }]);
    expect((await download()).failed).toEqual([]);
    expectWhole();
    expect(server.requests('/bucket/ct-one/b.dcm').map(({ range }) => range)).toEqual(['bytes=1000-', undefined]);
    expect(readFileSync(join(dest, 'expression.txt.gz'))).toEqual(server.files.get(expression));
  });

  test('a part of an older version is thrown away', async () => {
    mkdirSync(dest, { recursive: true });
    writeFileSync(join(dest, 'clinical.csv.part'), 'Case ID,Old');
    writeFileSync(join(dest, 'clinical.csv.part.etag'), '"another"');
    await download({ modalities: ['clinical'] });
    expect(readFileSync(join(dest, 'clinical.csv'))).toEqual(server.files.get(clinical));
  });

  test.each([
    ['not json', 'no JSON document'],
    ['{"rows":[{"patient":"../../etc"}]}', 'can be no folder'],
    ['{"rows":[]}', 'no series'],
    [
      JSON.stringify({ rows: [{ ...row('A', 'ct', 'seg', 1), ct_series_aws_url: 's3://elsewhere/x/*' }] }),
      'unknown bucket',
    ],
    [JSON.stringify({ rows: [{ ...row('A', 'ct', 'seg', 1), ct_SeriesInstanceUID: '../x' }] }), 'series UID'],
  ])('an answer that cannot be right is refused: %s', async (answer, expected) => {
    server.queryAnswer = answer;
    await expect(download()).rejects.toThrow(expected);
  });

  test('a listing that does not fit the list fails that series alone', async () => {
    server.files.set('/bucket/ct-3/extra.dcm', content(9, 100));
    const { failed } = await download();
    expect(failed.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('2 objects of series ct-3/, 1 were listed'),
    ]);
  });
});

describe('a disk', () => {
  test('without room is noticed before anything is fetched', async () => {
    server.rows = [{ ...row('R01-001', 'ct-one', 'seg-one', 3), ct_series_size_MB: 1e12 }];
    await expect(download()).rejects.toMatchObject({ code: 'COHORT_DOWNLOAD_NO_SPACE' });
    expect(files()).toEqual([]);
  });

  test.skipIf(!existsSync('/dev/full'))('that fills up on the way stops the download with its path', async () => {
    mkdirSync(dest, { recursive: true });
    symlinkSync('/dev/full', join(dest, 'clinical.csv.part'));
    await expect(download()).rejects.toMatchObject({ code: 'ENOSPC', path: join(dest, 'clinical.csv.part') });
    rmSync(join(dest, 'clinical.csv.part'));
    expect((await download()).failed).toEqual([]);
    expectWhole();
  });
});

describe('the command', () => {
  const launcher = fileURLToPath(new URL('../../bin/thoracle.js', import.meta.url));
  const args = () => ['cohort', 'download', 'nsclc-radiogenomics', '--dest', dest, '--archives', archives];

  test('--dry-run gives sizes and terms, and writes nothing', async () => {
    const { code, stdout, stderr } = await thoracle(...args(), '--dry-run', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      dryRun: true,
      patients: 3,
      bytes: 300_000,
      terms: expect.stringContaining('CC BY 9.0'),
    });
    expect(stderr).toContain('Somebody. Something.');
    expect(existsSync(dest)).toBe(false);
  });

  test('killed in the middle of a file, it goes on there', async () => {
    const large = '/bucket/ct-one/a.dcm';
    server.files.set(large, content(0, 2_000_000));
    server.slowChunk = 20_000;
    const child = spawn(process.execPath, [launcher, ...args(), '--modalities', 'ct', '--patients', 'R01-001'], {
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const part = join(dest, 'dicom/R01-001/CT-1.2.6.71/a.dcm.part');
    for (let i = 0; i < 2000 && !(existsSync(part) && statSync(part).size > 100_000); i++) await sleep(10);
    child.kill('SIGKILL');
    await ended;
    const have = statSync(part).size;
    expect(have).toBeGreaterThan(100_000);
    expect(have).toBeLessThan(2_000_000);
    server.slowChunk = 0;
    const { code, stdout } = await thoracle(...args(), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).failed).toEqual([]);
    expectWhole();
    expect(server.requests(large).at(-1)).toMatchObject({ range: `bytes=${have}-`, sent: 2_000_000 - have });
  });

  test.each([
    [['--patients', 'R01-9'], 2, 'No CT with segmentation of R01-9'],
    [['--modalities', 'pet'], 2, 'Allowed choices'],
    [['--parallel', '0'], 2, 'parallel'],
  ])('bad usage %j is one sentence', async (more, expected, sentence) => {
    const { code, stderr } = await thoracle(...args(), ...more);
    expect(stderr).toContain(sentence);
    expect(code).toBe(expected);
    expect(existsSync(dest)).toBe(false);
  });

  test('addresses that are none, and a collection that is none, are refused', async () => {
    writeFileSync(archives, '{"nsclc-radiogenomics": {"title": "x"}}');
    expect((await thoracle(...args())).stderr).toContain('is missing');
    writeFileSync(archives, '{}');
    expect((await thoracle(...args())).stderr).toContain('has no collection');
    expect((await thoracle('cohort', 'download', 'other', '--dest', dest)).code).toBe(2);
  });
});
