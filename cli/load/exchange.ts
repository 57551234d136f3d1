import { connect, type Socket } from 'node:net';

/** A request as bytes, made once and sent many times. */
export function requestBytes(url: URL, { method, path, headers = {}, body = '' }: PlannedRequest): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${url.host}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (method !== 'GET') lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** One kind of request of a load. */
export interface PlannedRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back: the status, or 0 when the connection was lost before a whole answer had come. */
export type Answered = (status: number) => void;

const headEnd = '\r\n\r\n';
const closes = /\r\nconnection: *close/i;

/**
 * A kept connection that sends one request at a time and reads no more of its answer than status and length: a client that takes part of a
 * core away from the server it measures would measure itself. Connects again after a loss.
 */
export class Exchange {
  #socket: Socket | undefined;
  #answered: Answered | undefined;
  #received: Buffer | undefined;

  constructor(
    private readonly host: string,
    private readonly port: number,
  ) {}

  get idle(): boolean {
    return this.#answered === undefined;
  }

  /** Sends; exactly one call of `answered` follows. Not to be called while another request is under way. */
  send(request: Buffer, answered: Answered): void {
    this.#answered = answered;
    this.#socket ??= this.#connected();
    this.#socket.write(request);
  }

  close(): void {
    this.#socket?.destroy();
  }

  #connected(): Socket {
    const socket = connect({ host: this.host, port: this.port, noDelay: true });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
      this.#received = undefined;
      this.#end(0);
    });
    return socket;
  }

  #receive(chunk: Buffer): void {
    const bytes = this.#received === undefined ? chunk : Buffer.concat([this.#received, chunk]);
    const head = headOfWhole(bytes);
    if (head === undefined) {
      this.#received = bytes;
      return;
    }
    this.#received = undefined;
    if (closes.test(head)) this.#leave();
    this.#end(Number(head.slice(9, 12)));
  }

  /** The server ends this connection: the next request goes on another. */
  #leave(): void {
    this.#socket?.removeAllListeners('data').removeAllListeners('close').destroy();
    this.#socket = undefined;
  }

  #end(status: number): void {
    const answered = this.#answered;
    this.#answered = undefined;
    answered?.(status);
  }
}

/** The head of an answer that has come whole; undefined while something is missing. */
function headOfWhole(bytes: Buffer): string | undefined {
  const end = bytes.indexOf(headEnd);
  if (end === -1) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) return bytes.length >= end + headEnd.length + Number(length) ? head : undefined;
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    return bytes.subarray(-7).toString('latin1').endsWith('\r\n0\r\n\r\n') ? head : undefined;
  }
  return head;
}
