import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface LockedPackage {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly resolved?: string;
  readonly integrity?: string;
}
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const locked = Object.entries(lock.packages).filter(([path]) => path !== '');

describe('the lock', () => {
  test('names no address to download from, so that any registry will do, and a hash of every package', () => {
    expect(locked.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
    expect(locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([]);
  });
});

/** Licences (SPDX) that ask for no more than that they are named. */
const permissive = new Set(['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0']);

/** Of `A OR B` one has to be permissive, of `A AND B` both. */
function isPermissive(expression: string): boolean {
  const plain = expression.replace(/[()]/g, '');
  return plain.split(' OR ').some((choice) => choice.split(' AND ').every((one) => permissive.has(one.trim())));
}

describe('licences of what is needed at run time', () => {
  const needed = locked.filter(([, { dev, devOptional }]) => dev !== true && devOptional !== true);

  test('are permissive', () => {
    const wrong: string[] = [];
    let seen = 0;
    for (const [path, { optional }] of needed) {
      const file = join(root, path, 'package.json');
      // For another system or processor.
      if (optional === true && !existsSync(file)) continue;
      const { license } = JSON.parse(readFileSync(file, 'utf8')) as { readonly license?: unknown };
      seen++;
      if (typeof license !== 'string' || !isPermissive(license)) wrong.push(`${path}: ${JSON.stringify(license)}`);
    }
    expect(wrong).toEqual([]);
    expect(seen).toBeGreaterThan(100);
  });

  test('are told apart', () => {
    expect(['MIT', '(MIT OR GPL-3.0-only)', 'MIT AND ISC', 'Apache-2.0'].every(isPermissive)).toBe(true);
    expect(['GPL-3.0-only', 'MIT AND GPL-3.0-only', 'UNLICENSED', '', 'SEE LICENSE IN x'].some(isPermissive)).toBe(
      false,
    );
  });
});

/** What a registry says of a package, which npm asks for when there is an advisory. */
const aboutPackage = JSON.stringify({ name: 'fastify', 'dist-tags': {}, versions: {} });

/** Runs the audit against a registry that answers every audit in one way; status 0: there is none. */
async function audit(status: number, body: string): Promise<{ readonly code: number | null; readonly text: string }> {
  const server = createServer((request, reply) => {
    request.resume();
    const asked = request.method === 'POST';
    reply.writeHead(asked ? status : 200, { 'content-type': 'application/json' }).end(asked ? body : aboutPackage);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const cache = await mkdtemp(join(tmpdir(), 'thoracle-audit-'));
  const address = status === 0 ? 'http://127.0.0.1:1' : `http://127.0.0.1:${port}`;
  try {
    // npm remembers what it has made of an advisory: each registry gets a memory of its own.
    return await run({ ...process.env, npm_config_registry: address, npm_config_cache: cache });
  } finally {
    server.close();
    await rm(cache, { recursive: true, force: true });
  }
}

function run(env: NodeJS.ProcessEnv): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(process.execPath, [join(root, 'scripts', 'dependency-audit.mjs')], { env });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part: Buffer) => {
      text += part.toString();
    });
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, text: text.trim() })));
}

const advisory = (severity: string) =>
  JSON.stringify({
    fastify: [{ id: 1, url: '', title: 'made up', severity, vulnerable_versions: '<999.0.0', cwe: [], cvss: {} }],
  });

describe('the audit of dependencies', () => {
  test('fails on grave advisories and when it went wrong; passes without any, and where none are to be had', async () => {
    const replies = await Promise.all([
      audit(200, advisory('high')),
      audit(200, advisory('moderate')),
      audit(405, ''),
      audit(401, '{}'),
      audit(0, ''),
    ]);
    expect(replies.map(({ code, text }) => `${code} ${text}`)).toEqual([
      expect.stringMatching(/^1 packages that are needed at run time have [\s\S]*fastify .*\(high\): made up/),
      '0 no advisory of severity high or critical; 1 of lower severity',
      '0 not audited: the registry answers no audit requests, it answers with status 405',
      expect.stringMatching(/^1 the audit went wrong/),
      expect.stringMatching(/^0 not audited: the registry answers no audit requests, it cannot be reached/),
    ]);
  });
});
