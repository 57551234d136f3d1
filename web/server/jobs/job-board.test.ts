import { describe, expect, test } from 'vitest';
import type { JobEvent, JobItem } from '../replies/job-reply.js';
import { JobBoard, type JobRunner, type JobWatcher } from './job-board.js';
import { parseJobRequest } from './job-request.js';

const request = { stages: ['imaging'], genes: 'metagenes' } as const;
const item = (subject: string, state: JobItem['state']): JobItem => ({
  stage: 'imaging',
  subject,
  state,
  reason: null,
  seconds: null,
});

/** A runner whose steps the test takes. */
function stepping() {
  let watcher: JobWatcher | undefined;
  let end: ((error?: Error) => void) | undefined;
  const run: JobRunner = (_request, given) => {
    watcher = given;
    return new Promise((resolve, reject) => {
      end = (error) => (error === undefined ? resolve() : reject(error));
    });
  };
  return { run, watcher: () => watcher as JobWatcher, end: (error?: Error) => end?.(error) };
}

const explain = (error: unknown) => (error as Error).message;

async function all(events: AsyncGenerator<JobEvent>): Promise<readonly JobEvent[]> {
  const seen: JobEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

describe('the board of jobs', () => {
  test('a reader that comes late, and one that is slow, miss nothing', async () => {
    const { run, watcher, end } = stepping();
    const board = new JobBoard(run, explain, () => 7);
    const { id } = board.start(request);
    watcher().planned([item('a', 'waiting'), item('b', 'waiting')]);
    const slow = board.watch(id, new AbortController().signal);
    expect((await slow.next()).value).toMatchObject({ state: 'running', items: [{ subject: 'a' }, { subject: 'b' }] });
    watcher().ended(item('b', 'failed'));
    watcher().note('one line');
    watcher().ended(item('a', 'done'));
    expect((await slow.next()).value).toMatchObject({
      items: [item('b', 'failed'), item('a', 'done')],
      log: ['one line'],
    });
    const rest = all(slow);
    end();
    expect((await rest).at(-1)).toMatchObject({ state: 'done', endedAtMs: 7, items: [], log: [] });
    const late = await all(board.watch(id, new AbortController().signal));
    expect(late).toHaveLength(1);
    expect(board.get(id).items).toEqual([item('a', 'done'), item('b', 'failed')]);
  });

  test('one job at a time; a failed one says why; an unknown one is refused', async () => {
    const { run, end } = stepping();
    const board = new JobBoard(run, explain);
    const { id } = board.start(request);
    expect(() => board.start(request)).toThrow('A job is running already');
    end(new Error('The disk is full'));
    await all(board.watch(id, new AbortController().signal));
    expect(board.get(id)).toMatchObject({ state: 'failed', failure: 'The disk is full' });
    expect(() => board.get('other')).toThrow('no job of this id');
    expect(board.start(request).state).toBe('running');
    expect(board.list().map(({ state }) => state)).toEqual(['running', 'failed']);
  });

  test('given up: the runner hears of it, and the job is not called failed', async () => {
    const { run, watcher, end } = stepping();
    const board = new JobBoard(run, explain);
    const { id } = board.start(request);
    board.cancel(id);
    expect(watcher().cancelled).toBe(true);
    end(new Error('stopped'));
    await all(board.watch(id, new AbortController().signal));
    expect(board.get(id)).toMatchObject({ state: 'cancelled', failure: null });
  });

  test('a reader that goes away is let go', async () => {
    const { run } = stepping();
    const board = new JobBoard(run, explain);
    const gone = new AbortController();
    const events = board.watch(board.start(request).id, gone.signal);
    await events.next();
    const next = events.next();
    gone.abort();
    expect(await next).toMatchObject({ done: true });
  });
});

test.each([
  ['{', 'not JSON'],
  ['[]', 'not an object'],
  ['null', 'not an object'],
  ['{"stages":["imaging"],"genes":"all","workers":9}', 'unknown key "workers"'],
  ['{"stages":[],"genes":"all"}', '"stages"'],
  ['{"stages":["imaging","imaging"],"genes":"all"}', '"stages"'],
  ['{"stages":["../etc"],"genes":"all"}', '"stages"'],
  ['{"stages":["imaging"],"genes":"/etc/passwd"}', '"genes"'],
  ['{"stages":["imaging"],"genes":"all","subjects":[]}', '"subjects"'],
  ['{"stages":["imaging"],"genes":"all","subjects":[1]}', '"subjects"'],
])('the request %s is refused', (text, what) => {
  expect(() => parseJobRequest(text)).toThrow(what);
});

test('a request is taken as it is', () => {
  const asked = { stages: ['genomic', 'imaging'], genes: 'all', subjects: ['R01-001'] };
  expect(parseJobRequest(JSON.stringify(asked))).toEqual(asked);
});
