/** What one client does to the server: bytes, pauses, and how it ends. */
export interface WireRequest {
  readonly kind: string;
  readonly steps: readonly WireStep[];
  /** What the client does after its last byte: waits, closes its side, or cuts the connection. */
  readonly end: 'wait' | 'close' | 'cut';
  /** A well-formed request may be among the generated ones and be answered; without this any answer below 400 is a failure. */
  readonly mayAnswer: boolean;
  /** Replies that the bytes can ask for at most: more would mean that a body was taken for a request. */
  readonly mostReplies: number;
}

/** Bytes that are sent in one piece, after a pause. */
export interface WireStep {
  readonly bytes: Buffer;
  readonly afterMs: number;
}

/** A request of bytes that are sent at once. */
export function atOnce(
  kind: string,
  bytes: Buffer | string,
  options: Partial<Omit<WireRequest, 'kind' | 'steps'>> = {},
): WireRequest {
  const step = { bytes: Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes, 'latin1'), afterMs: 0 };
  return { kind, steps: [step], end: 'close', mayAnswer: false, mostReplies: 1, ...options };
}

/** Headers of a well-formed request in the order given; a value may hold bytes above 127 (Latin-1). */
export type HeaderLines = readonly (readonly [string, string])[];

/** A request whose framing is right, whatever stands in it; the connection ends with its reply. */
export function framed(method: string, path: string, headers: HeaderLines, body: Buffer | string = ''): Buffer {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'host: fuzz',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${bytes.length}`,
    'connection: close',
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}

/** A request as JSON, to be sent again. */
export function recorded(request: WireRequest): string {
  const steps = request.steps.map(({ bytes, afterMs }) => ({ afterMs, base64: bytes.toString('base64') }));
  return `${JSON.stringify({ ...request, steps }, null, 1)}\n`;
}

/** The request of a recording. */
export function replayed(text: string): WireRequest {
  const document = JSON.parse(text) as Omit<WireRequest, 'steps'> & {
    readonly steps: readonly { readonly afterMs: number; readonly base64: string }[];
  };
  const steps = document.steps.map(({ afterMs, base64 }) => ({ afterMs, bytes: Buffer.from(base64, 'base64') }));
  return { ...document, steps };
}
