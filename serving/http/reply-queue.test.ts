import { describe, expect, test } from 'vitest';
import { type ReadyReply, ReplyQueue } from './reply-queue.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Replies that note what happens to them. */
function replies(startMs: number) {
  const noted: string[] = [];
  const reply = (name: number): ReadyReply => ({
    startMs,
    write: () => void noted.push(`write ${name}`),
    written: () => void noted.push(`written ${name}`),
  });
  return { noted, reply };
}

/** Of a request that came long after, or with, those before. */
const alone = Number.POSITIVE_INFINITY;
const together = Number.NEGATIVE_INFINITY;

describe('replies', () => {
  test('one that is alone is written at once', () => {
    const queue = new ReplyQueue();
    const { noted, reply } = replies(alone);
    queue.add(reply(1));
    queue.add(reply(2));
    expect(noted).toEqual(['write 1', 'written 1', 'write 2', 'written 2']);
  });

  test('those of one turn are written one after the other at its end, and only then followed up', async () => {
    const queue = new ReplyQueue();
    const { noted, reply } = replies(together);
    queue.add(reply(1));
    queue.add(reply(2));
    expect(noted).toEqual([]);
    await turn();
    expect(noted).toEqual(['write 1', 'write 2', 'written 1', 'written 2']);
  });

  test('after a crowded turn the first waits for others, until a turn has one alone', async () => {
    const queue = new ReplyQueue();
    const crowd = replies(together);
    queue.add(crowd.reply(1));
    queue.add(crowd.reply(2));
    await turn();
    const { noted, reply } = replies(alone);
    queue.add(reply(3));
    expect(noted).toEqual([]);
    await turn();
    expect(noted).toEqual(['write 3', 'written 3']);
    queue.add(reply(4));
    expect(noted).toHaveLength(4);
  });

  test('sixteen do not wait for more, and none is written twice', async () => {
    const queue = new ReplyQueue();
    const { noted, reply } = replies(together);
    for (let i = 1; i <= 20; i++) queue.add(reply(i));
    expect(noted.filter((line) => line.startsWith('write '))).toHaveLength(16);
    await turn();
    expect(noted.filter((line) => line.startsWith('write '))).toHaveLength(20);
    expect(new Set(noted).size).toBe(40);
    expect(noted).toHaveLength(40);
  });

  test('before what may take long they are written', async () => {
    const queue = new ReplyQueue();
    const { noted, reply } = replies(together);
    queue.add(reply(1));
    queue.flush();
    expect(noted).toEqual(['write 1', 'written 1']);
    await turn();
    expect(noted).toHaveLength(2);
  });
});
