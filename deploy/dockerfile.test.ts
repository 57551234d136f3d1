import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../package-facts.js';
import { dockerfileFindings } from './dockerfile-rules.js';

const read = (name: string): string => readFileSync(join(packageRoot(), name), 'utf8');
const dockerfile = read('Dockerfile');

describe('the image', () => {
  test('keeps every rule: pinned slim base, stages, a numbered user, health check, exec form, start word, no registry', () => {
    expect(dockerfileFindings(dockerfile)).toEqual([]);
  });

  test('each rule can fail', () => {
    const broken: readonly (readonly [string, string, string])[] = [
      ['USER 1000:1000', 'USER node', 'not the number'],
      ['USER 1000:1000', 'USER 0:0', 'not the number'],
      ['USER 1000:1000', '', 'not the number'],
      ['24.21.0-bookworm-slim', 'latest', 'exact version'],
      ['FROM node:', 'FROM registry.example/node:', 'names a registry'],
      ['HEALTHCHECK', '#', 'health check'],
      ['ENTRYPOINT ["node", "/opt/thoracle/bin/thoracle.js"]', 'ENTRYPOINT node bin/thoracle.js', 'exec form'],
      ['CMD ["serve"]', 'CMD ["server"]', 'start word'],
      ['EXPOSE 8080', 'RUN true', 'commands of its own'],
      ['EXPOSE 8080', 'ADD archive.tar /', 'use COPY'],
      ['EXPOSE 8080', 'ENV API_TOKEN=1', 'secret'],
      ['EXPOSE 8080', 'EXPOSED 8080', 'EXPOSED'],
    ];
    for (const [from, to, finding] of broken) {
      const found = dockerfileFindings(dockerfile.replaceAll(from, to)).join('; ');
      expect(found, `${from} -> ${to}`).toContain(finding);
    }
  });

  test('its Node is one that this package runs on', () => {
    const tags = DockerfileParser.parse(dockerfile)
      .getFROMs()
      .map((from) => from.getImageTag() ?? '');
    expect(new Set(tags).size).toBe(1);
    expect(Number(tags[0]?.split('.')[0])).toBeGreaterThanOrEqual(22);
    expect(JSON.parse(read('package.json')).engines.node).toBe('>=20.19');
  });

  test('what the build compiles and copies is in its context, and nothing else', () => {
    const ignored = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(ignored[0]).toBe('*');
    const kept = new Set(ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1)));
    const { include } = JSON.parse(read('tsconfig.build.json')) as { readonly include: readonly string[] };
    // Benchmarks are no part of the image; files of the root come as *.ts.
    const compiled = include
      .filter((path) => path !== 'bench' && !path.endsWith('.ts'))
      .map((path) => path.split('/')[0]);
    for (const folder of new Set(compiled)) expect(kept).toContain(folder);
    for (const needed of ['*.ts', 'bin', 'package.json', 'package-lock.json', '.npmrc', 'tsconfig.json', 'LICENSE']) {
      expect(kept).toContain(needed);
    }
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: { readonly build: string } };
    for (const [script] of scripts.build.matchAll(/scripts\/\S+/g)) expect(kept).toContain(script);
    for (const secret of ['.git', 'node_modules', 'out', 'shared']) expect(kept).not.toContain(secret);
  });

  test('the health check asks /ping on the port that the platform may choose, and fails without an answer', async () => {
    const words = JSON.parse(/HEALTHCHECK[^[]*(\[.*\])/s.exec(dockerfile)?.[1]?.split('\n')[0] ?? '') as string[];
    const asked: (string | undefined)[] = [];
    let status = 200;
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(status).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = (server.address() as AddressInfo).port;
    const check = async (): Promise<unknown> => {
      const env = { ...process.env, SAGEMAKER_BIND_TO_PORT: String(port) };
      const child = spawn(process.execPath, words.slice(1), { env, stdio: 'ignore' });
      return (await once(child, 'exit'))[0];
    };
    expect(words[0]).toBe('node');
    expect(await check()).toBe(0);
    status = 503;
    expect(await check()).toBe(1);
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    expect(await check()).toBe(1);
    expect(asked).toEqual(['/ping', '/ping']);
  });
});
