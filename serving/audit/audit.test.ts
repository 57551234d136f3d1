import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { appendFile, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { invocationsOf } from '../../test/serving/invocations.js';
import { buildApp } from '../http/app.js';
import { ModelHost } from '../models/model-host.js';
import { createPredictor } from '../predict/index.js';
import { chainBundle } from '../reference/chain-bundle.js';
import { auditExtension } from './audit-extension.js';
import { AuditLog } from './audit-log.js';
import { verifyAuditLog } from './verify-audit-log.js';

const content = { manifest: chainBundle().manifest, predictor: createPredictor(chainBundle()) };
const folder = mkdtempSync(join(tmpdir(), 'thoracle-audit-'));
afterAll(() => rm(folder, { recursive: true }));
let files = 0;
const newFile = (): string => join(folder, `${++files}.jsonl`);
const clock = () => Date.UTC(2026, 0, 2);
const entry = (version: string) => ({ kind: 'model', event: 'activated', model: 'lung', version }) as const;
const linesOf = async (file: string): Promise<string[]> => (await readFile(file, 'utf8')).split('\n').slice(0, -1);

async function logOf(entries: number): Promise<string> {
  const file = newFile();
  const log = await AuditLog.open(file, clock);
  for (let i = 0; i < entries; i++) log.append(entry(`${i}`));
  await log.close();
  return file;
}

describe('the audit log', () => {
  test('requests with who, what, when and outcome; no features, no health checks; the chain goes on over a restart', async () => {
    const file = newFile();
    for (let start = 0; start < 2; start++) {
      const log = await AuditLog.open(file, clock);
      const models = ModelHost.of('lung', content);
      const who = {
        name: 'who',
        onRequest: (request: { facts: { caller: string } }) => {
          request.facts.caller = 'key:1';
        },
      };
      const app = buildApp({ models, defaultModel: 'lung', extensions: [who, auditExtension(log, models)] });
      await invocationsOf(app).csv('Age\n61.5\n62');
      await invocationsOf(app).csv('Age\nold');
      await app.inject('/ping');
      await app.inject('/secret-name');
      await app.close();
      await log.close();
    }
    expect(await verifyAuditLog(file)).toMatchObject({ entries: 8, tornLines: [] });
    const text = await readFile(file, 'utf8');
    for (const hidden of ['61.5', 'old', 'secret-name', '/ping', 'Age']) expect(text).not.toContain(hidden);
    const [model, answered, refused, none] = (await linesOf(file)).map((line) => JSON.parse(line));
    const time = '2026-01-02T00:00:00.000Z';
    expect(model).toMatchObject({ seq: 1, time, kind: 'model', event: 'activated', model: 'lung' });
    expect(answered).toMatchObject({
      kind: 'request',
      caller: 'key:1',
      method: 'POST',
      route: '/invocations',
      rows: 2,
      status: 200,
      code: '',
    });
    expect(refused).toMatchObject({ rows: 0, status: 422, code: 'PREDICT_NOT_A_NUMBER', model: 'lung' });
    expect(none).toMatchObject({ route: 'none', status: 404 });
  });

  test('any changed, removed, moved, doubled or inserted line is found by its number', async () => {
    const file = await logOf(5);
    const lines = await linesOf(file);
    const changes: readonly (readonly [number, readonly (string | undefined)[]])[] = [
      [3, lines.with(2, lines[2]?.replace('"version":"2"', '"version":"9"') ?? '')],
      [2, lines.with(1, (lines[1] ?? '').replace(/.{4}"}$/, '0000"}'))],
      [3, lines.toSpliced(2, 1)],
      [1, lines.slice(1)],
      [2, [lines[0], lines[2], lines[1], lines[3], lines[4]]],
      [4, lines.toSpliced(3, 0, lines[2] ?? '')],
      [2, lines.toSpliced(1, 0, 'rubbish')],
      [5, lines.with(4, '')],
    ];
    for (const [number, changed] of changes) {
      const copy = newFile();
      await writeFile(copy, `${changed.join('\n')}\n`);
      const name = copy.slice(folder.length + 1);
      await expect(verifyAuditLog(copy), `${number}`).rejects.toMatchObject({ code: 'SERVING_AUDIT_BROKEN' });
      await expect(verifyAuditLog(copy)).rejects.toThrow(`"${name}", line ${number}:`);
    }
    const { lastHash } = await verifyAuditLog(file);
    await writeFile(file, `${lines.slice(0, 4).join('\n')}\n`);
    expect(await verifyAuditLog(file)).toMatchObject({ entries: 4 });
    await expect(verifyAuditLog(file, lastHash)).rejects.toThrow('no entry has the hash');
  });

  test('a line torn at any byte is closed and named by the next start, and the chain goes on', async () => {
    const whole = await readFile(await logOf(2));
    const start = whole.indexOf(0x0a) + 1;
    for (let cut = start; cut < whole.byteLength; cut += 7) {
      const file = newFile();
      await writeFile(file, whole.subarray(0, cut));
      const log = await AuditLog.open(file, clock);
      log.append(entry('next'));
      await log.close();
      const torn = cut > start;
      expect(await verifyAuditLog(file), `${cut}`).toMatchObject({ entries: torn ? 3 : 2, tornLines: torn ? [2] : [] });
      if (torn) {
        const lines = await linesOf(file);
        await writeFile(file, `${lines.with(1, `${lines[1]}x`).join('\n')}\n`);
        await expect(verifyAuditLog(file)).rejects.toThrow('line 2:');
      }
    }
  });

  test('a process that is killed leaves a log that verifies, and a lock that the next one takes over', async () => {
    const file = await logOf(3);
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await writeFile(`${file}.lock`, String(child.pid));
    await expect(AuditLog.open(file)).rejects.toThrow('another process writes it');
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    await appendFile(file, '{"seq":4,"ti');
    const log = await AuditLog.open(file, clock);
    await log.close();
    expect(await verifyAuditLog(file)).toMatchObject({ entries: 4, tornLines: [4] });
  });

  test('a file whose last line was changed is not continued; a missing or unfinished one is no whole log', async () => {
    const file = await logOf(2);
    const lines = await linesOf(file);
    await writeFile(file, `${lines.with(1, 'rubbish').join('\n')}\n`);
    await expect(AuditLog.open(file)).rejects.toMatchObject({ code: 'SERVING_AUDIT_FILE' });
    await expect(verifyAuditLog(join(folder, 'none'))).rejects.toMatchObject({ code: 'SERVING_AUDIT_FILE' });
    const cut = await logOf(2);
    await truncate(cut, (await readFile(cut)).byteLength - 3);
    await expect(verifyAuditLog(cut)).rejects.toThrow('line 2: the last line is unfinished');
  });

  test('while it cannot be written, requests are refused', async () => {
    const log = { failure: 'the disk is full', append: () => undefined };
    const models = ModelHost.of('lung', content);
    const extensions = [auditExtension(log, models)];
    const app = buildApp({ models, defaultModel: 'lung', extensions });
    expect((await invocationsOf(app).csv('Age\n60')).statusCode).toBe(503);
    expect((await app.inject('/ping')).statusCode).toBe(200);
    await app.close();
  });
});
