import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a file's requests meet, one entry per request; after the last one all is well. */
export type Fault =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** The connection breaks after so many bytes. */
  | { readonly breakAfter: number }
  /** So many bytes, then silence. */
  | { readonly silentAfter: number }
  | { readonly damage: true }
  | { readonly ignoreRange: true };

/** A request as it came in. */
export interface SeenRequest {
  readonly path: string;
  readonly range: string | undefined;
  sent: number;
}

/**
 * A server that behaves like a bucket with ListObjectsV2 and ranges (RFC 9110 section 14), a query service and a plain
 * file server; its faults are scripted.
 */
export class ArchiveServer {
  readonly files = new Map<string, Buffer>();
  readonly faults = new Map<string, Fault[]>();
  readonly seen: SeenRequest[] = [];
  rows: readonly Readonly<Record<string, unknown>>[] = [];
  queryAnswer: string | undefined;
  /** Objects in one page of a listing. */
  pageSize = 2;
  /** Bytes written at a time with a pause after each; 0 sends all at once. */
  slowChunk = 0;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch(() => response.destroy());
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  requests(path: string): readonly SeenRequest[] {
    return this.seen.filter((one) => one.path === path);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const seen: SeenRequest = { path: url.pathname, range: request.headers.range, sent: 0 };
    this.seen.push(seen);
    const fault = this.faults.get(url.pathname)?.shift();
    if (fault !== undefined && 'status' in fault) {
      response.writeHead(fault.status, fault.headers).end('not now');
    } else if (url.pathname === '/sql') await this.query(request, response);
    else if (url.searchParams.get('list-type') === '2') this.list(url, response);
    else await this.object(request, response, seen, fault);
  }

  private async query(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { sql } = JSON.parse(body) as { readonly sql: string };
    const [limit = 0, offset = 0] = (/LIMIT (\d+) OFFSET (\d+)$/.exec(sql) ?? []).slice(1).map(Number);
    // A cap of the server's own, below what is asked for.
    const rows = this.rows.slice(offset, offset + Math.min(limit, 2));
    response.setHeader('content-type', 'application/json');
    response.end(this.queryAnswer ?? JSON.stringify({ rows, truncated: offset + rows.length < this.rows.length }));
  }

  private list(url: URL, response: ServerResponse): void {
    const prefix = url.searchParams.get('prefix') ?? '';
    const bucket = url.pathname.replace(/\/$/, '');
    const all = [...this.files.keys()].filter((key) => key.startsWith(`${bucket}/${prefix}`)).sort();
    const from = Number(url.searchParams.get('continuation-token') ?? 0);
    const page = all.slice(from, from + this.pageSize);
    const truncated = from + page.length < all.length;
    const contents = page.map((path) => {
      const bytes = this.files.get(path) as Buffer;
      const key = path.slice(bucket.length + 1);
      return `<Contents><Key>${key}</Key><ETag>&quot;${md5(bytes)}&quot;</ETag><Size>${bytes.length}</Size></Contents>`;
    });
    const next = truncated ? `<NextContinuationToken>${from + page.length}</NextContinuationToken>` : '';
    response.setHeader('content-type', 'application/xml');
    response.end(
      `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${truncated}</IsTruncated>${contents.join('')}${next}</ListBucketResult>`,
    );
  }

  private async object(
    request: IncomingMessage,
    response: ServerResponse,
    seen: SeenRequest,
    fault: Fault | undefined,
  ): Promise<void> {
    const whole = this.files.get(seen.path);
    if (whole === undefined) {
      response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
      return;
    }
    const etag = `"${md5(whole)}"`;
    const asked = /^bytes=(\d+)-$/.exec(seen.range ?? '')?.[1];
    const same = request.headers['if-range'] === etag;
    const ignored = fault !== undefined && 'ignoreRange' in fault;
    const from = asked !== undefined && same && !ignored ? Number(asked) : 0;
    if (from >= whole.length) {
      response.writeHead(416, { 'content-range': `bytes */${whole.length}` }).end();
      return;
    }
    const bytes = Buffer.from(whole.subarray(from));
    if (fault !== undefined && 'damage' in fault) bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 0xff;
    response.writeHead(from > 0 ? 206 : 200, {
      ...{ etag, 'content-length': bytes.length, 'accept-ranges': 'bytes' },
      ...(from > 0 && { 'content-range': `bytes ${from}-${whole.length - 1}/${whole.length}` }),
    });
    await this.send(response, bytes, seen, fault);
  }

  private async send(
    response: ServerResponse,
    bytes: Buffer,
    seen: SeenRequest,
    fault: Fault | undefined,
  ): Promise<void> {
    const cut =
      fault === undefined
        ? undefined
        : 'breakAfter' in fault
          ? fault.breakAfter
          : 'silentAfter' in fault
            ? fault.silentAfter
            : undefined;
    const end = Math.min(bytes.length, cut ?? bytes.length);
    const step = this.slowChunk === 0 ? end : this.slowChunk;
    for (let at = 0; at < end && !response.destroyed; at += step) {
      const chunk = bytes.subarray(at, Math.min(end, at + step));
      response.write(chunk);
      seen.sent += chunk.length;
      if (this.slowChunk > 0) await sleep(5);
    }
    if (cut === undefined) response.end();
    else if (fault !== undefined && 'breakAfter' in fault) setTimeout(() => response.destroy(), 20);
  }
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
