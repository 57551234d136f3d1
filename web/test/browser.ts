import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type Page, chromium as playwright } from 'playwright-core';
import { chromium } from '../../test/chromium.js';

/** Names the folder that pictures are written to; without it they are taken, looked at, and dropped. */
const picturesVariable = 'THORACLE_PICTURES';

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Why the pages cannot be walked here; empty when they can. */
export const noBrowser = chromium === undefined ? ' [skipped: no chromium on this machine]' : '';

/** A browser with one page, which remembers what went wrong in it. */
export interface Walk {
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of the console, of scripts, and of requests that failed. */
  readonly troubles: readonly string[];
  close(): Promise<void>;
}

/** Starts Debian's chromium without a window. WebGL is drawn in software. */
export async function startWalk(colorScheme: 'light' | 'dark' = 'light'): Promise<Walk> {
  if (chromium === undefined) throw new Error('there is no chromium here');
  const browser = await playwright.launch({
    executablePath: chromium,
    args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'],
  });
  const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => troubles.push(`script: ${error.message}`));
  page.on('requestfailed', (request) => {
    // A page that is left gives up what it had asked for.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') troubles.push(`request: ${request.url()}`);
  });
  return { browser, context, page, troubles, close: () => browser.close() };
}

/** Serious and critical findings of axe-core on the page as it is (WCAG 2.2 A and AA), one line each. */
export async function accessibilityFindings(page: Page): Promise<readonly string[]> {
  // The content security policy keeps scripts of others out: this one comes in through the debugger.
  await page.evaluate(await readFile(axeFile, 'utf8'));
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResult> } };
    const { violations } = await axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
      );
  });
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
  }[];
}

/**
 * A picture of the page as it is, for the documentation, in the colours of the context.
 * @param name `cohort` becomes `cohort-light.png` or `cohort-dark.png` of docs/pictures
 */
export async function takePicture(page: Page, name: string, colours: 'light' | 'dark'): Promise<void> {
  const folder = process.env[picturesVariable];
  await page.emulateMedia({ colorScheme: colours });
  const picture = await page.screenshot(folder === undefined ? {} : { path: join(folder, `${name}-${colours}.png`) });
  if (picture.length < 10_000) throw new Error(`the picture of ${name} is blank: ${picture.length} bytes`);
}

/** Opens a page of the studio with a key, as if the person had logged in before. */
export async function openWithKey(page: Page, address: string, key: string): Promise<void> {
  // A file that asks the server nothing, so that nothing is refused.
  await page.goto(new URL('/studio/icon.svg', address).href);
  await page.evaluate(`sessionStorage.setItem('thoracle-key', ${JSON.stringify(key)})`);
  await page.goto(address);
}
