import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CampaignReport, runCampaign } from './serving/campaign.js';
import { repliesOf, type WireAnswer } from './serving/exchange.js';
import { generator } from './serving/kinds.js';
import { type ServerUnderTest, startServerUnderTest } from './serving/server-under-test.js';
import { judge } from './serving/verdict.js';
import { atOnce, recorded, replayed } from './serving/wire.js';

// `npm run fuzz:serving` sends 20,000 of these.
const requests = 1500;
let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest();
});
afterAll(() => server.remove());

test(`${requests} malformed requests end in a refusal or a closed connection, and leave the server as it was`, async () => {
  const report: CampaignReport = await runCampaign(server, { requests, seed: 20261124, concurrency: 32 });
  expect(report.failures).toEqual([]);
  const count = (ending: 'refused' | 'closed') => report.rows.reduce((sum, row) => sum + row.endings[ending], 0);
  // The requests reach the server, and most of them its rules.
  expect(count('refused')).toBeGreaterThan(requests / 2);
  expect(count('refused') + count('closed')).toBeGreaterThan(0.95 * requests);
  expect(report.rows.map(({ kind }) => kind)).toHaveLength(17);
  expect(report.auditEntries).toBeGreaterThan(requests / 2);
});

test('the same seed makes the same requests, and a recording gives them again', () => {
  const [one, same, other] = [generator(1, 'a.b.c'), generator(1, 'a.b.c'), generator(2, 'a.b.c')];
  const bytes = (of: typeof one) => Array.from({ length: 50 }, (_, i) => recorded(of(i)));
  // The dates of signatures are of now.
  const dateless = (texts: readonly string[]) => texts.filter((text) => !text.includes('"kind": "signatures"'));
  expect(dateless(bytes(one))).toEqual(dateless(bytes(same)));
  expect(bytes(one)).not.toEqual(bytes(other));
  expect(recorded(replayed(recorded(one(3))))).toBe(recorded(one(3)));
});

test('what would be wrong is found to be', () => {
  const answer = (text: string, rest: Partial<WireAnswer> = {}) => ({
    replies: repliesOf(Buffer.from(text)),
    ended: true,
    refused: false,
    ...rest,
  });
  const reply = (status: number, body: string) =>
    `HTTP/1.1 ${status} X\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const failuresOf = (text: string, rest: Partial<WireAnswer> = {}) =>
    judge(atOnce('x', ''), answer(text, rest), { texts: ['/secret/place'] }).failures;
  expect(failuresOf('')).toEqual([]);
  expect(failuresOf(reply(400, '{"error":{"code":"X"}}'))).toEqual([]);
  expect(failuresOf('', { ended: false })).toHaveLength(1);
  expect(failuresOf('', { refused: true })).toHaveLength(1);
  expect(failuresOf(reply(500, '{"error":{}}'))).toHaveLength(1);
  expect(failuresOf(reply(503, '{"error":{}}'))).toHaveLength(1);
  expect(failuresOf(reply(200, '{}'))).toHaveLength(1);
  expect(failuresOf(reply(400, 'Bad'))).toHaveLength(1);
  expect(failuresOf(reply(400, '{"error":"at f (x)"}'))).toHaveLength(1);
  expect(failuresOf(reply(400, '{"error":"/secret/place/model"}'))).toHaveLength(1);
  expect(failuresOf(reply(400, '{"error":""}') + reply(404, '{"error":""}'))).toHaveLength(1);
  expect(failuresOf(`${reply(400, '{"error":""}')}left over`)).toHaveLength(2);
});
