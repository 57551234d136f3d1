import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Debian, other distributions and macOS put the browser. */
const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Path of a chromium, or undefined. */
export const chromium = places.find((place) => existsSync(place));

/** Files of a page by path: content type and body. */
export type Page = Readonly<Record<string, readonly [type: string, body: string]>>;

/**
 * Opens `/` of a page in a headless chromium. The page answers by `fetch('/answer', { method: 'POST', body })`.
 * @returns the body
 * @throws when the browser ends, or nothing came within `timeoutMs`
 */
export async function askPage(page: Page, timeoutMs: number): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), 'thoracle-chromium-'));
  let browser: ChildProcess | undefined;
  const { server, answer } = servePage(page);
  try {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const arguments_ = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`];
    browser = spawn(chromium as string, [...arguments_, `http://127.0.0.1:${port}/`], {
      stdio: 'ignore',
      detached: true,
    });
    const ended = new Promise<never>((_, fail) => {
      browser?.once('exit', (code) => fail(new Error(`chromium ended with ${code} before the page answered`)));
      browser?.once('error', fail);
      AbortSignal.timeout(timeoutMs).onabort = () => fail(new Error(`no answer of the page within ${timeoutMs} ms`));
    });
    return await Promise.race([answer, ended]);
  } finally {
    await endAll(browser);
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The browser and the processes that it started. */
async function endAll(browser: ChildProcess | undefined): Promise<void> {
  if (browser?.pid === undefined || browser.exitCode !== null) return;
  const gone = new Promise((exited) => browser.once('exit', exited));
  process.kill(-browser.pid, 'SIGKILL');
  await gone;
}

function servePage(page: Page): { readonly server: Server; readonly answer: Promise<string> } {
  let server: Server | undefined;
  const answer = new Promise<string>((resolve) => {
    server = createServer((request, response) => {
      if (request.method === 'POST') {
        void bodyOf(request).then((body) => {
          response.end();
          resolve(body);
        });
        return;
      }
      const [type, body] = page[request.url ?? ''] ?? ['', undefined];
      response.statusCode = body === undefined ? 404 : 200;
      response.setHeader('content-type', type);
      response.end(body);
    });
  });
  return { server: server as Server, answer };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
