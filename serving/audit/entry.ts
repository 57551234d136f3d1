import { hash } from 'node:crypto';

/** What a line of the log says; empty texts and zeros where there is nothing to say. */
export type AuditEntry =
  | {
      readonly kind: 'request';
      readonly caller: string;
      readonly method: string;
      /** The address as the server knows it, without what a client wrote into it. */
      readonly route: string;
      readonly model: string;
      readonly version: string;
      readonly rows: number;
      /** 0: the connection was lost before the reply. */
      readonly status: number;
      readonly code: string;
    }
  | { readonly kind: 'model'; readonly event: string; readonly model: string; readonly version: string }
  /** An earlier process was ended in the middle of a line, which stands above this one. */
  | { readonly kind: 'torn'; readonly bytes: number; readonly sha256: string };

/** A place in the chain. */
export interface Link {
  /** Number of the entry, from 1; 0 before the first. */
  readonly seq: number;
  /** Of the entry, in hex; zeros before the first. */
  readonly hash: string;
}

/** Before the first entry. */
export const chainStart: Link = { seq: 0, hash: '0'.repeat(64) };

/** SHA-256 in hex. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** The line that follows a place in the chain, and its own place. The hash covers the line up to the hash, the one before included. */
export function lineAfter({ seq, hash: prev }: Link, time: string, entry: AuditEntry): { line: string; link: Link } {
  const body = JSON.stringify({ seq: seq + 1, time, ...entry, prev });
  const own = sha256(body);
  return { line: `${body.slice(0, -1)},"hash":"${own}"}\n`, link: { seq: seq + 1, hash: own } };
}

const ending = /,"hash":"([0-9a-f]{64})"\}$/;

/** A line as it was written; undefined when it does not hold what its hash says. */
export function readLine(
  line: string,
): { readonly prev: string; readonly link: Link; readonly entry: AuditEntry } | undefined {
  const found = ending.exec(line);
  if (found === null) return undefined;
  const body = `${line.slice(0, found.index)}}`;
  const own = found[1] ?? '';
  if (sha256(body) !== own) return undefined;
  const {
    seq,
    time: _time,
    prev,
    ...entry
  } = JSON.parse(body) as AuditEntry & {
    readonly seq: number;
    readonly time: string;
    readonly prev: string;
  };
  return { prev, link: { seq, hash: own }, entry };
}
