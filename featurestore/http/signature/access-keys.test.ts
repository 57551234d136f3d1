import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { accessKeysOfEnvironment, createAccessKeyFile, readAccessKeys } from './access-keys.js';

const folder = mkdtempSync(join(tmpdir(), 'thoracle-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

function keyFile(text: string, mode = 0o600): string {
  const file = join(folder, 'keys');
  rmSync(file, { force: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const pair = 'aws_access_key_id = AK1\naws_secret_access_key = se=cret/+\n';

test('a file in the format of the cloud’s command line', async () => {
  const file = keyFile(
    `# lab\r\n[default]\r\n${pair}\n[reader]\naws_access_key_id=AK2\naws_secret_access_key=s2\naws_session_token=t\nthoracle_access = read\n`,
  );
  expect(await readAccessKeys(file)).toEqual([
    { accessKeyId: 'AK1', secretAccessKey: 'se=cret/+', access: 'write' },
    { accessKeyId: 'AK2', secretAccessKey: 's2', sessionToken: 't', access: 'read' },
  ]);
});

test('a new key can be read back, by its owner alone, and replaces no file', async () => {
  const file = join(folder, 'new');
  const key = await createAccessKeyFile(file, 'read');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await readAccessKeys(file)).toEqual([key]);
  await expect(createAccessKeyFile(file, 'write')).rejects.toThrow('it exists; choose another name');
  await expect(createAccessKeyFile(join(folder, 'none', 'k'), 'write')).rejects.toThrow('no such file or folder');
});

describe('files that cannot be used', () => {
  test.each<[string, string, RegExp]>([
    ['empty', '', /it holds no key/],
    ['no section', pair, /line 1 is not one of \[name\]/],
    ['unknown setting', `[a]\n${pair}region = x\n`, /line 4 is not/],
    ['setting twice', `[a]\n${pair}aws_access_key_id = AK3\n`, /line 4 is not/],
    ['no value', '[a]\naws_access_key_id =\n', /line 2 is not/],
    ['no secret', '[a]\naws_access_key_id = AK1\n', /section \[a\] has no aws_secret_access_key/],
    ['odd access', `[a]\n${pair}thoracle_access = all\n`, /"all", expected read or write/],
    ['same id twice', `[a]\n${pair}[b]\n${pair}`, /AK1 is there twice/],
  ])('%s', async (_what, text, message) => {
    const reading = readAccessKeys(keyFile(text));
    await expect(reading).rejects.toMatchObject({ code: 'STORE_BAD_KEYS' });
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.not.toThrow('se=cret');
  });

  test.skipIf(process.platform === 'win32')('readable by others', async () => {
    await expect(readAccessKeys(keyFile(`[a]\n${pair}`, 0o640))).rejects.toThrow('others may read it (mode 640)');
  });

  test('no file, a folder', async () => {
    await expect(readAccessKeys(join(folder, 'missing'))).rejects.toThrow('there is no such file');
    chmodSync(folder, 0o700);
    await expect(readAccessKeys(folder)).rejects.toThrow('it is a folder');
  });
});

test('keys from the environment go in pairs', () => {
  expect(accessKeysOfEnvironment({})).toEqual([]);
  expect(accessKeysOfEnvironment({ THORACLE_ACCESS_KEY_ID: 'a', THORACLE_SECRET_ACCESS_KEY: 'b' })).toEqual([
    { accessKeyId: 'a', secretAccessKey: 'b', access: 'write' },
  ]);
  expect(() => accessKeysOfEnvironment({ THORACLE_ACCESS_KEY_ID: 'a' })).toThrow('go together');
});
