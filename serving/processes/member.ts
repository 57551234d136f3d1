import type { FromMember, Gathered, MemberPlace, ToMember } from './messages.js';
import { mergePages } from './metrics-page.js';

/** Variable of the environment that tells a process that it is a member. */
export const placeVariable = 'THORACLE_MEMBER';
/** The lead asks the others and gives up after a second; longer than that it does not answer at all. */
const gatherMs = 2000;

/** The channel to the lead. */
export interface LeadChannel {
  send(message: FromMember): void;
  onMessage(listener: (message: ToMember) => void): void;
}

/** A server that listens and counts. */
export interface MemberServer {
  readonly url: string;
  linger(ms: number, until?: AbortSignal): Promise<void>;
  close(): Promise<void>;
  /** Its own metrics. */
  metricsPage(): Promise<string>;
}

/** This process as one of several that are a server together. */
export class Membership {
  readonly #channel: LeadChannel;
  readonly #gathering = new Map<number, (gathered: Gathered) => void>();
  readonly #leaveNow = new AbortController();
  readonly #asked: Promise<number>;
  #server: MemberServer | undefined;
  #rounds = 0;
  #ask: (lingerMs: number) => void = () => undefined;

  constructor(
    readonly place: MemberPlace,
    channel: LeadChannel,
  ) {
    this.#channel = channel;
    this.#asked = new Promise((resolve) => {
      this.#ask = resolve;
    });
    channel.onMessage((message) => this.#hear(message));
  }

  /** Says that the server listens, and ends it when the lead, or `drain`, asks for it. Resolves when it is closed. */
  async serve(server: MemberServer): Promise<void> {
    this.#server = server;
    this.#channel.send({ kind: 'listening', url: server.url });
    const lingerMs = await this.#asked;
    if (lingerMs > 0) await server.linger(lingerMs, this.#leaveNow.signal);
    await server.close();
    this.#channel.send({ kind: 'closed', page: await server.metricsPage() });
  }

  /** Ends the server; 0 also cuts a lingering short that is under way. */
  drain(lingerMs: number): void {
    this.#ask(lingerMs);
    if (lingerMs === 0) this.#leaveNow.abort();
  }

  /** The metrics of all processes, the own ones among them; a process that does not answer is named. */
  async gather(own: string): Promise<string> {
    const id = ++this.#rounds;
    const gathered = await new Promise<Gathered | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), gatherMs);
      this.#gathering.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      this.#channel.send({ kind: 'gather', id, page: own });
    });
    this.#gathering.delete(id);
    const { pages, ended, missing } = gathered ?? { pages: [], ended: '', missing: this.#others() };
    return `${mergePages([own, ...pages, ended])}\n${about(pages.length + 1, missing)}`;
  }

  #others(): readonly number[] {
    const { number, processes } = this.place;
    return Array.from({ length: processes }, (_, i) => i + 1).filter((other) => other !== number);
  }

  #hear(message: ToMember): void {
    if (message.kind === 'drain') this.drain(message.lingerMs);
    else if (message.kind === 'gathered') this.#gathering.get(message.id)?.(message);
    else void this.#answer(message.id);
  }

  async #answer(id: number): Promise<void> {
    const page = await this.#server?.metricsPage();
    if (page !== undefined) this.#channel.send({ kind: 'page', id, page });
  }
}

function about(answered: number, missing: readonly number[]): string {
  return [
    '# HELP thoracle_processes Processes of the server that this page adds up',
    '# TYPE thoracle_processes gauge',
    `thoracle_processes ${answered}`,
    '',
    '# HELP thoracle_process_missing 1 for a process that did not answer in time: what it counted is not on this page',
    '# TYPE thoracle_process_missing gauge',
    ...missing.map((number) => `thoracle_process_missing{process="${number}"} 1`),
    '',
  ].join('\n');
}

/** The place of this process when a lead has started it; undefined when it was started by itself. */
export function memberPlace(environment: Readonly<Record<string, string | undefined>>): MemberPlace | undefined {
  const text = environment[placeVariable];
  if (text === undefined) return undefined;
  return JSON.parse(text) as MemberPlace;
}

/** The file of one process beside those of the others: `audit.jsonl` is `audit.2.jsonl` for the second. */
export function fileOfMember(file: string, number: number): string {
  const [, stem = file, extension = ''] = /^(.*[^/\\.])(\.[^/\\.]*)$/.exec(file) ?? [];
  return `${stem}.${number}${extension}`;
}
