import { expect, test } from 'vitest';
import { Fleet, type FleetEvent, type FleetOptions } from './fleet.js';
import type { ForkedMember, FromMember, MemberPlace, ToMember } from './messages.js';

/** A process that does as the test says. */
class MadeUpMember implements ForkedMember {
  readonly heard: ToMember[] = [];
  readonly killed: string[] = [];
  #listeners: ((message: FromMember) => void)[] = [];
  #end: ((how: number | string) => void) | undefined;

  constructor(
    readonly place: MemberPlace,
    readonly pid: number,
    private readonly hears: (member: MadeUpMember, message: ToMember) => void,
  ) {}

  send(message: ToMember): void {
    this.heard.push(message);
    this.hears(this, message);
  }

  kill(signal: string): void {
    this.killed.push(signal);
    this.end(signal);
  }

  onMessage(listener: (message: FromMember) => void): void {
    this.#listeners.push(listener);
  }

  onEnd(listener: (how: number | string) => void): void {
    this.#end = listener;
  }

  say(message: FromMember): void {
    for (const listener of this.#listeners) listener(message);
  }

  listen(): void {
    this.say({ kind: 'listening', url: 'http://one' });
  }

  end(how: number | string): void {
    const end = this.#end;
    this.#end = undefined;
    end?.(how);
  }
}

/** Closes as it is asked to. */
const obedient = (member: MadeUpMember, message: ToMember): void => {
  if (message.kind === 'collect') member.say({ kind: 'page', id: message.id, page: counter(member.place.number) });
  if (message.kind !== 'drain') return;
  queueMicrotask(() => {
    member.say({ kind: 'closed', page: counter(10 * member.place.number) });
    member.end(0);
  });
};

const counter = (value: number): string =>
  `# HELP n x\n# TYPE n counter\nn ${value}\n# HELP g x\n# TYPE g gauge\ng 1\n`;

interface Made {
  readonly members: MadeUpMember[];
  readonly events: FleetEvent[];
  readonly options: FleetOptions;
  /** What a new member does. */
  begin: (member: MadeUpMember) => void;
}

function made(processes: number, hears = obedient, changed: Partial<FleetOptions> = {}): Made {
  const members: MadeUpMember[] = [];
  const events: FleetEvent[] = [];
  const result: Made = {
    members,
    events,
    begin: (member) => member.listen(),
    options: {
      processes,
      drainMs: 20,
      lingerMs: 10,
      killAfterMs: 10,
      metricsMs: 50,
      backOffMs: 1,
      settledMs: 50,
      onEvent: (event) => events.push(event),
      fork: (place) => {
        const member = new MadeUpMember(place, 100 + members.length, hears);
        members.push(member);
        queueMicrotask(() => result.begin(member));
        return member;
      },
      ...changed,
    },
  };
  return result;
}

const until = (condition: () => boolean) => expect.poll(condition, { interval: 2, timeout: 5000 }).toBe(true);

test('the first member listens before the others are started; each has a number', async () => {
  const fleet = made(3);
  const atStart: number[] = [];
  fleet.begin = (member) => {
    atStart.push(fleet.members.length);
    member.listen();
  };
  const started = await Fleet.start(fleet.options);
  expect(started.url).toBe('http://one');
  expect(started.serving).toBe(3);
  expect(atStart).toEqual([1, 3, 3]);
  expect(fleet.members.map(({ place }) => place)).toEqual([1, 2, 3].map((number) => ({ number, processes: 3 })));
  await started.stop();
  expect(started.serving).toBe(0);
  for (const { heard, killed } of fleet.members)
    expect([heard, killed]).toEqual([[{ kind: 'drain', lingerMs: 0 }], []]);
});

test('a start that fails in the first member ends with its exit code and starts no other', async () => {
  const fleet = made(3);
  fleet.begin = (member) => member.end(2);
  await expect(Fleet.start(fleet.options)).rejects.toMatchObject({ code: 'SERVING_PROCESS_ENDED', number: 1, how: 2 });
  expect(fleet.members).toHaveLength(1);
});

test('a start that fails in a later member, or takes too long, leaves no process behind', async () => {
  const fleet = made(3, obedient, { startMs: 10 });
  fleet.begin = (member) => {
    if (member.place.number !== 2) member.listen();
  };
  await expect(Fleet.start(fleet.options)).rejects.toMatchObject({ number: 2, how: 'SIGKILL' });
  await until(() => fleet.members.every(({ heard, killed }) => heard.length + killed.length > 0));
});

test('a member that ends by itself is replaced under the free number', async () => {
  const fleet = made(2);
  const started = await Fleet.start(fleet.options);
  fleet.members[0]?.end('SIGSEGV');
  await until(() => started.serving === 2);
  expect(fleet.members[2]?.place.number).toBe(1);
  expect(fleet.events).toContainEqual({ what: 'ended', number: 1, pid: 100, how: 'SIGSEGV' });
  await started.stop();
});

test('the server gives up when members end again and again before they listen', async () => {
  const fleet = made(2);
  const started = await Fleet.start(fleet.options);
  fleet.begin = (member) => member.end(2);
  fleet.members[0]?.end(1);
  expect(await started.failed).toMatchObject({ code: 'SERVING_PROCESSES_FAILED' });
  expect(fleet.members).toHaveLength(2 + 5);
  expect(started.serving).toBe(1);
  await started.stop();
});

test('a reload starts new members first, then drains the old ones; a second one during it follows', async () => {
  const fleet = made(2);
  const started = await Fleet.start(fleet.options);
  const servingBefore: number[] = [];
  fleet.begin = (member) => {
    expect(fleet.members[0]?.heard.filter(({ kind }) => kind === 'drain')).toEqual([]);
    member.listen();
    servingBefore.push(started.serving);
  };
  const first = started.reload();
  await first;
  expect(servingBefore).toEqual([3, 4]);
  expect(fleet.members.slice(0, 2).map(({ heard }) => heard)).toEqual(Array(2).fill([{ kind: 'drain', lingerMs: 10 }]));
  expect(fleet.members.slice(2).map(({ place }) => place.number)).toEqual([3, 4]);
  fleet.begin = (member) => member.listen();
  await Promise.all([started.reload(), started.reload()]);
  expect(fleet.members).toHaveLength(2 + 2 + 4);
  expect(fleet.members.slice(4, 6).map(({ place }) => place.number)).toEqual([1, 2]);
  await started.stop();
});

test('when a new member does not start, the old ones stay', async () => {
  const fleet = made(2);
  const started = await Fleet.start(fleet.options);
  fleet.begin = (member) => (member.place.number === 4 ? member.end(2) : member.listen());
  await started.reload();
  expect(fleet.events.at(-1)).toEqual({ what: 'reload-failed' });
  expect(started.serving).toBe(2);
  expect(fleet.members.slice(0, 2).flatMap(({ heard }) => heard)).toEqual([]);
  await started.stop();
});

test('a member that does not end in its time is killed', async () => {
  const fleet = made(1, () => undefined, { drainMs: 5 });
  const started = await Fleet.start(fleet.options);
  await started.stop();
  expect(fleet.members[0]?.killed).toEqual(['SIGKILL']);
});

test('metrics: of all that answer, with the counters of those that have ended; who does not answer is named', async () => {
  const fleet = made(3);
  const started = await Fleet.start(fleet.options);
  const [asker, , silent] = fleet.members as [MadeUpMember, MadeUpMember, MadeUpMember];
  asker.say({ kind: 'gather', id: 7, page: counter(1) });
  await until(() => asker.heard.length === 1);
  expect(asker.heard[0]).toEqual({ kind: 'gathered', id: 7, pages: [counter(2), counter(3)], ended: '', missing: [] });
  // Crashed: what it last said counts on. Reloaded: what it said at its end.
  fleet.members[1]?.end('SIGKILL');
  await until(() => started.serving === 3);
  Object.assign(silent, { send: () => undefined });
  asker.say({ kind: 'gather', id: 8, page: counter(1) });
  await until(() => asker.heard.length === 2);
  expect(asker.heard[1]).toMatchObject({ id: 8, pages: [counter(2)], missing: [3] });
  expect((asker.heard[1] as { ended: string }).ended).toContain('n 2\n');
  expect((asker.heard[1] as { ended: string }).ended).not.toContain('g 1');
  await started.stop();
});
