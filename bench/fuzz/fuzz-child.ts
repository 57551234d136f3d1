/** Runs mutations that the parent asks for, one at a time, and says how each ended and what it cost. */
import { type FuzzKind, fuzzInputs, fuzzOnce } from './targets.js';

export interface FuzzRequest {
  readonly kind: FuzzKind;
  readonly seed: number;
  readonly index: number;
}

export interface FuzzReply {
  readonly ended: string;
  readonly seedFile: string;
  readonly mutation: string;
  /** Set when it was neither a result nor a refusal. */
  readonly failure?: string;
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Most memory of the process so far. */
  readonly peakMb: number;
}

const inputs = await fuzzInputs(process.argv[2] as string);
process.on('message', async ({ kind, seed, index }: FuzzRequest) => {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const outcome = await fuzzOnce(inputs, kind, seed, index).catch((error: unknown) => ({
    ended: 'failure',
    seedFile: '',
    mutation: '',
    failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
  }));
  const { user, system } = process.cpuUsage(cpu);
  const reply: FuzzReply = {
    ...outcome,
    wallMs: performance.now() - start,
    cpuMs: (user + system) / 1000,
    peakMb: process.resourceUsage().maxRSS / 1024,
  };
  process.send?.(reply);
});
process.send?.('ready');
