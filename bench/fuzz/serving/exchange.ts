import { connect } from 'node:net';
import type { WireRequest } from './wire.js';

/** Where the server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** One reply of a connection. */
export interface WireReply {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** What a client got. */
export interface WireAnswer {
  readonly replies: readonly WireReply[];
  /** The server ended the connection, or the reply was whole; false: nothing at all for as long as was waited. */
  readonly ended: boolean;
  /** The connection could not be made. */
  readonly refused: boolean;
}

/** Longer than all time limits of the server together. */
const mostMs = 12_000;
/** A client that got something and then nothing for so long has got its reply. */
const quietMs = 250;

/** Does what the request says and reads until the connection ends. */
export function exchange({ host, port }: Address, request: WireRequest): Promise<WireAnswer> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let connected = false;
    let quiet: NodeJS.Timeout | undefined;
    const socket = connect({ host, port, allowHalfOpen: true });
    const finish = (ended: boolean) => {
      clearTimeout(deadline);
      clearTimeout(quiet);
      socket.destroy();
      resolve({ replies: repliesOf(Buffer.concat(parts)), ended, refused: !connected });
    };
    const deadline = setTimeout(() => finish(false), mostMs);
    socket.on('connect', () => {
      connected = true;
      void send(socket, request).then(() => {
        if (request.end === 'cut') setImmediate(() => finish(true));
      });
    });
    socket.on('data', (part) => {
      parts.push(part);
      clearTimeout(quiet);
      quiet = setTimeout(() => finish(true), quietMs);
    });
    socket.on('error', () => undefined);
    socket.on('end', () => finish(true));
    socket.on('close', () => finish(true));
  });
}

async function send(socket: ReturnType<typeof connect>, { steps, end }: WireRequest): Promise<void> {
  for (const { bytes, afterMs } of steps) {
    if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
    if (!socket.writable) return;
    socket.write(bytes);
  }
  if (end === 'close') socket.end();
}

/** The replies that bytes hold, by the lengths that they state. */
export function repliesOf(bytes: Buffer): readonly WireReply[] {
  const replies: WireReply[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf('\r\n\r\n', at);
    const head = bytes.subarray(at, end < 0 ? bytes.length : end).toString('latin1');
    const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
    if (status === undefined) {
      // Bytes behind a reply that belong to none: shown as a reply of status 0, which is never right.
      replies.push({ status: 0, head, body: bytes.subarray(at).toString('latin1') });
      break;
    }
    const from = end < 0 ? bytes.length : end + 4;
    const to = bodyEnd(head, bytes, from);
    const body = isChunked(head) ? '' : bytes.subarray(from, to).toString('utf8');
    if (status !== '100') replies.push({ status: Number(status), head, body });
    at = to;
  }
  return replies;
}

/** The HTTP layer's own refusals (no host, an expectation that cannot be met) come in chunks, of which there are none. */
const isChunked = (head: string): boolean => /^transfer-encoding: *chunked/im.test(head);

/** Where the body ends that begins here, or what has arrived of it. */
function bodyEnd(head: string, bytes: Buffer, from: number): number {
  // The reply to HEAD states the length of a body that it does not have.
  if (bytes.subarray(from, from + 9).toString('latin1') === 'HTTP/1.1 ') return from;
  if (isChunked(head)) {
    const last = bytes.indexOf('0\r\n\r\n', from);
    return last < 0 ? bytes.length : last + 5;
  }
  const stated = /^content-length: *(\d+)/im.exec(head)?.[1];
  // An interim reply has no body.
  if (stated === undefined) return /^HTTP\/1\.1 1/.test(head) ? from : bytes.length;
  return Math.min(from + Number(stated), bytes.length);
}
