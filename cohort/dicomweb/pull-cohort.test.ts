import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { thoracle } from '../../test/thoracle.js';
import { encodeDicomFile, text } from '../generate/dicom-writer.js';
import { readCredentials } from './credentials.js';
import { multipartBodies } from './multipart.js';
import { pullCohort } from './pull-cohort.js';

const ct = '1.2.840.10008.5.1.4.1.1.2';

function object(uid: string): Buffer {
  return encodeDicomFile({ sopClassUid: ct, sopInstanceUid: uid, implementationUid: '1.2.3' }, [
    text(0x00080060, 'CS', 'CT'),
    text(0x00100020, 'LO', 'A/../1'),
    text(0x0020000d, 'UI', '1.2.1'),
    text(0x0020000e, 'UI', '1.2.1.1'),
  ]);
}

function multipart(bytes: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from('--b1\r\nContent-Type: application/dicom\r\n\r\n'),
    bytes,
    Buffer.from('\r\n--b1--\r\n'),
  ]);
}

describe('a DICOMweb service that misbehaves', () => {
  let root: string;
  let server: Server;
  let url: string;
  /** Answers to retrievals, one per request; then whole objects. */
  let answers: (Buffer | number)[];
  let instances: readonly string[];
  let seriesAnswer: string | undefined;
  let queries: string[];

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'thoracle-pull-'));
    [answers, instances, seriesAnswer, queries] = [[], ['1.2.1.1.1', '1.2.1.1.2'], undefined, []];
    server = createServer((request, response) => {
      const path = new URL(request.url ?? '', 'http://x').pathname;
      queries.push(request.url ?? '');
      const json = (rows: unknown) =>
        response.setHeader('content-type', 'application/dicom+json').end(JSON.stringify(rows));
      const value = (v: string) => ({ vr: 'UI', Value: [v] });
      if (path === '/series') {
        if (seriesAnswer !== undefined) response.end(seriesAnswer);
        // It ignores filters and offsets, as some do.
        else
          json([
            {
              '00100020': value('A/../1'),
              '00080060': value('CT'),
              '0020000D': value('1.2.1'),
              '0020000E': value('1.2.1.1'),
            },
          ]);
      } else if (path.endsWith('/instances')) json(instances.map((uid) => ({ '00080018': value(uid) })));
      else {
        const uid = path.split('/').at(-1) ?? '';
        const answer = answers.shift() ?? multipart(object(uid));
        if (typeof answer === 'number') response.writeHead(answer).end();
        else response.setHeader('content-type', 'multipart/related; type="application/dicom"; boundary=b1').end(answer);
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(root, { recursive: true, force: true });
  });

  const pull = (patients: readonly string[] = []) =>
    pullCohort({ url, politeness: { attempts: 3, pauseMs: 1, idleMs: 2000 } }, join(root, 'out'), {
      ...{ patients, query: { StudyDate: '2019' }, modalities: ['CT'], parallel: 1 },
    });

  test('cut off, wrong and busy answers are asked for again; nothing half is written, no name leads out of the folder', async () => {
    answers = [
      multipart(object('1.2.1.1.1')).subarray(0, 300),
      503,
      multipart(object('1.2.1.1.1')),
      multipart(object('1.9')),
      multipart(Buffer.from('no DICOM')),
    ];
    expect(await pull()).toMatchObject({ fetched: 2, failed: [], series: 1 });
    const files = (readdirSync(join(root, 'out'), { recursive: true }) as string[]).filter((f) =>
      f.includes('1.2.1.1.'),
    );
    expect(files.sort()).toEqual(['A_.._1/CT-1.2.1.1/1.2.1.1.1.dcm', 'A_.._1/CT-1.2.1.1/1.2.1.1.2.dcm']);
    expect(readFileSync(join(root, 'out', files[0] as string))).toEqual(object('1.2.1.1.1'));
    expect(queries[0]).toContain('StudyDate=2019');
  });

  test('an object that never comes fails alone, and a later run fetches only that', async () => {
    answers = [404];
    const first = await pull();
    expect(first).toMatchObject({ fetched: 1, failed: [expect.stringContaining('404')] });
    expect(await pull()).toMatchObject({ fetched: 1, alreadyThere: 1, failed: [] });
  });

  test('what was not asked for is not taken', async () => {
    await expect(pull(['B'])).rejects.toMatchObject({ code: 'COHORT_PULL_NOTHING' });
  });

  test.each([
    ['<html>', 'no list'],
    ['[{"0020000E":{"Value":["../../x"]}}]', 'without UID'],
    ['[{"0020000E":{"Value":["1.2"]}}]', 'without its study'],
    ['', 'No series'],
  ])('a listing that cannot be right is refused: %s', async (answer, expected) => {
    seriesAnswer = answer;
    await expect(pull()).rejects.toThrow(expected);
  });
});

describe('multipart bodies', () => {
  test('are taken apart by their boundary, quoted or not; without an end there is none', () => {
    const body = Buffer.from('preamble\r\n--x y\r\nA: b\r\n\r\none\r\n--x y\r\n\r\ntwo\r\n--x y--');
    expect(multipartBodies('multipart/related; boundary="x y"', body)?.map(String)).toEqual(['one', 'two']);
    expect(multipartBodies('multipart/related; boundary=q', body)).toBeUndefined();
    expect(multipartBodies('multipart/related; boundary="x y"', body.subarray(0, 40))).toBeUndefined();
    expect(multipartBodies('application/dicom', body)).toBeUndefined();
  });
});

describe('credentials', () => {
  test('come from one line of a file or the environment, and never appear in an error', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'thoracle-credentials-')), 'c');
    const basic = `Basic ${Buffer.from('u:p:q').toString('base64')}`;
    writeFileSync(file, 'u:p:q\n');
    expect(await readCredentials(file, {})).toBe(basic);
    writeFileSync(file, 'Bearer abc.def\n');
    expect(await readCredentials(file, {})).toBe('Bearer abc.def');
    writeFileSync(file, 'hush hush');
    await expect(readCredentials(file, {})).rejects.toThrow(/^(?!.*hush).*expected one line/);
    expect(await readCredentials(undefined, {})).toBeUndefined();
    expect(await readCredentials(undefined, { THORACLE_DICOMWEB_TOKEN: 't' })).toBe('Bearer t');
    expect(await readCredentials(undefined, { THORACLE_DICOMWEB_USER: 'u', THORACLE_DICOMWEB_PASSWORD: 'p:q' })).toBe(
      basic,
    );
    await expect(readCredentials(undefined, { THORACLE_DICOMWEB_USER: 'u' })).rejects.toThrow('is not');
    rmSync(join(file, '..'), { recursive: true });
  });

  test.each([
    [['--dicomweb', 'http://u:p@127.0.0.1/x', '--patient', 'A'], 'others can read a command line'],
    [['--dicomweb', 'ftp://x', '--patient', 'A'], 'http or https'],
    [['--dicomweb', 'http://127.0.0.1:9/x'], 'expected --patient or --query'],
    [['--dicomweb', 'http://127.0.0.1:9/x', '--query', 'StudyDate'], 'must look like'],
  ])('bad usage %j is one sentence', async (args, expected) => {
    const { code, stderr } = await thoracle('cohort', 'pull', '--dest', 'never', ...args);
    expect(stderr).toContain(expected);
    expect(code).toBe(2);
  });
});
