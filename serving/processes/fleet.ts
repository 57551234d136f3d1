import { ServingError, servingErrors } from '../errors.js';
import { MetricsGathering } from './gather-metrics.js';
import type { ForkedMember, ForkMember, FromMember } from './messages.js';

/** How a server of several processes is run. */
export interface FleetOptions {
  readonly processes: number;
  readonly fork: ForkMember;
  /** What a member takes at most for what is under way once it lingers no more; it is killed a little later. */
  readonly drainMs: number;
  /** At a reload old members go on answering on the connections that they have for up to so long, so that a client is not cut off as it sends. */
  readonly lingerMs: number;
  /** Told what happened, for the log. */
  readonly onEvent?: (event: FleetEvent) => void;
  /** A member that does not listen after so long is ended. Default 2 minutes. */
  readonly startMs?: number;
  /** Before the first replacement of a member that ended by itself; doubled for each further one in a row. Default 100 ms. */
  readonly backOffMs?: number;
  /** A member that lived so long is not counted among those in a row. Default 5 s. */
  readonly settledMs?: number;
  /** A member that was asked to end is killed so long after its time. Default 2 s. */
  readonly killAfterMs?: number;
  /** For a member to answer with its metrics. Default 1 s. */
  readonly metricsMs?: number;
}

/** Something that a log should say. */
export type FleetEvent =
  | { readonly what: 'listening' | 'closed'; readonly number: number; readonly pid: number | undefined }
  | { readonly what: 'ended'; readonly number: number; readonly pid: number | undefined; readonly how: number | string }
  | { readonly what: 'reloading' | 'reloaded' | 'reload-failed' };

/** A member ended before it listened. It has said why itself when `how` is an exit code of the command line. */
export class MemberEnded extends ServingError {
  constructor(
    readonly number: number,
    readonly how: number | string,
  ) {
    super('SERVING_PROCESS_ENDED', servingErrors.SERVING_PROCESS_ENDED(number, how));
  }
}

interface Member {
  readonly number: number;
  readonly fork: ForkedMember;
  readonly started: number;
  state: 'starting' | 'serving' | 'draining';
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
}

/** Restarts in a row that end before they listen, after which the server gives up. */
const mostFailedStarts = 5;
const longestBackOffMs = 10_000;

/**
 * The lead of a server that consists of several processes, each with everything of its own: starts them, replaces those that end by themselves, reloads, stops. It
 * serves no request itself.
 */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #members = new Set<Member>();
  readonly #metrics: MetricsGathering;
  readonly #giveUp: (error: Error) => void;
  /** Resolves with the reason when the server cannot go on. */
  readonly failed: Promise<Error>;
  #url = '';
  #failedStarts = 0;
  #inRow = 0;
  #started = false;
  #stopping = false;
  #refill: NodeJS.Timeout | undefined;
  #reload: Promise<void> | undefined;
  #reloadAgain = false;

  private constructor(options: FleetOptions) {
    this.#options = options;
    this.#metrics = new MetricsGathering(options.metricsMs ?? 1000);
    let giveUp: (error: Error) => void = () => undefined;
    this.failed = new Promise((resolve) => {
      giveUp = resolve;
    });
    this.#giveUp = giveUp;
  }

  /**
   * Starts one member and, once it listens, the others: what is wrong with the options, the model or the port is said once.
   * @throws MemberEnded when one ends before it listens; none is left then
   */
  static async start(options: FleetOptions): Promise<Fleet> {
    const fleet = new Fleet(options);
    try {
      await fleet.#launch();
      await Promise.all(Array.from({ length: options.processes - 1 }, () => fleet.#launch()));
      fleet.#started = true;
      fleet.#fill();
      return fleet;
    } catch (error) {
      await fleet.stop();
      throw error;
    }
  }

  /** Where the first member listens. */
  get url(): string {
    return this.#url;
  }

  /** Members that take requests. */
  get serving(): number {
    return [...this.#members].filter(({ state }) => state === 'serving').length;
  }

  /**
   * Replaces every member by a new one, which reads all files anew: the new ones take requests before the old ones stop. When a new one does not start, the old ones stay.
   * A reload that is asked for during another one follows it.
   */
  reload(): Promise<void> {
    if (this.#reload !== undefined) {
      this.#reloadAgain = true;
      return this.#reload;
    }
    this.#reload = this.#reloads().finally(() => {
      this.#reload = undefined;
      this.#fill();
    });
    return this.#reload;
  }

  /** Lets every member finish what is under way and waits for their ends. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#refill);
    await Promise.all([...this.#members].map((member) => this.#drain(member, 0)));
  }

  async #reloads(): Promise<void> {
    do {
      this.#reloadAgain = false;
      if (this.#stopping) return;
      await this.#reloadOnce();
    } while (this.#reloadAgain);
  }

  async #reloadOnce(): Promise<void> {
    this.#tell({ what: 'reloading' });
    const old = [...this.#members];
    const fresh = await Promise.allSettled(Array.from({ length: this.#options.processes }, () => this.#launch()));
    const failed = fresh.some(({ status }) => status === 'rejected');
    const leaving = failed ? [...this.#members].filter((member) => !old.includes(member)) : old;
    await Promise.all(leaving.map((member) => this.#drain(member, this.#options.lingerMs)));
    this.#tell({ what: failed ? 'reload-failed' : 'reloaded' });
  }

  /** Starts one member. @throws MemberEnded */
  #launch(): Promise<void> {
    const number = this.#freeNumber();
    const fork = this.#options.fork({ number, processes: this.#options.processes });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fork.kill('SIGKILL'), this.#options.startMs ?? 120_000);
      const ended = new Promise<void>((gone) => {
        fork.onEnd((how) => {
          clearTimeout(timer);
          const listened = member.state !== 'starting';
          this.#ended(member, how);
          gone();
          if (!listened) reject(new MemberEnded(number, how));
        });
      });
      const member: Member = { number, fork, started: performance.now(), state: 'starting', ended };
      this.#members.add(member);
      fork.onMessage((message) => {
        if (message.kind === 'listening' && member.state === 'starting') {
          clearTimeout(timer);
          this.#listening(member, message.url);
          resolve();
        }
        this.#hear(member, message);
      });
    });
  }

  #freeNumber(): number {
    const taken = new Set([...this.#members].map(({ number }) => number));
    let number = 1;
    while (taken.has(number)) number++;
    return number;
  }

  #listening(member: Member, url: string): void {
    member.state = 'serving';
    this.#failedStarts = 0;
    if (this.#url === '') this.#url = url;
    this.#tell({ what: 'listening', number: member.number, pid: member.fork.pid });
  }

  #hear(member: Member, message: FromMember): void {
    if (message.kind === 'page') this.#metrics.answer(member.number, message.id, message.page);
    if (message.kind === 'closed') this.#metrics.end(member.number, message.page);
    if (message.kind === 'gather') {
      this.#metrics.remember(member.number, message.page);
      void this.#gather(member, message.id);
    }
  }

  async #gather(asker: Member, id: number): Promise<void> {
    const others = [...this.#members].filter((member) => member !== asker && member.state !== 'starting');
    const gathered = await this.#metrics.gather(
      others.map(({ number, fork }) => ({ number, ask: (round) => fork.send({ kind: 'collect', id: round }) })),
    );
    asker.fork.send({ kind: 'gathered', id, ...gathered });
  }

  /** Ends a member in its own time; one that does not listen yet has nothing to finish. */
  async #drain(member: Member, lingerMs: number): Promise<void> {
    const { fork, ended, state } = member;
    member.state = 'draining';
    if (state === 'starting') fork.kill('SIGKILL');
    else if (state === 'serving' || lingerMs === 0) fork.send({ kind: 'drain', lingerMs });
    const { drainMs, killAfterMs = 2000 } = this.#options;
    const timer = setTimeout(() => fork.kill('SIGKILL'), lingerMs + drainMs + killAfterMs);
    await ended;
    clearTimeout(timer);
  }

  #ended(member: Member, how: number | string): void {
    const { number, fork, started, state } = member;
    this.#members.delete(member);
    this.#metrics.end(number);
    if (state === 'draining') {
      this.#tell({ what: 'closed', number, pid: fork.pid });
      return;
    }
    // During the start `start` says it.
    if (!this.#started || this.#stopping) return;
    this.#tell({ what: 'ended', number, pid: fork.pid, how });
    const settled = performance.now() - started > (this.#options.settledMs ?? 5000);
    this.#inRow = settled ? 1 : this.#inRow + 1;
    if (state === 'starting' && this.#reload === undefined) this.#failedStarts++;
    if (this.#failedStarts >= mostFailedStarts) {
      this.#giveUp(new ServingError('SERVING_PROCESSES_FAILED', servingErrors.SERVING_PROCESSES_FAILED(how)));
      return;
    }
    const wait = (this.#options.backOffMs ?? 100) * 2 ** (this.#inRow - 1);
    clearTimeout(this.#refill);
    this.#refill = setTimeout(() => this.#fill(), Math.min(wait, longestBackOffMs));
  }

  /** Starts what is missing. A start that fails comes back through `#ended`. */
  #fill(): void {
    if (this.#stopping || this.#reload !== undefined) return;
    const there = [...this.#members].filter(({ state }) => state !== 'draining').length;
    for (let n = there; n < this.#options.processes; n++) this.#launch().catch(() => undefined);
  }

  #tell(event: FleetEvent): void {
    this.#options.onEvent?.(event);
  }
}
