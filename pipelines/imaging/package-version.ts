import { existsSync, readFileSync } from 'node:fs';

/** Version in the package.json above this file (whether it runs from the sources or from the build). */
export function packageVersion(): string {
  for (const up of ['../../package.json', '../../../package.json']) {
    const url = new URL(up, import.meta.url);
    if (!existsSync(url)) continue;
    const parsed: unknown = JSON.parse(readFileSync(url, 'utf8'));
    if (isThoracle(parsed)) return parsed.version;
  }
  throw new TypeError('No package.json of thoracle above this file');
}

function isThoracle(value: unknown): value is { readonly name: string; readonly version: string } {
  return (
    typeof value === 'object' && value !== null && 'version' in value && 'name' in value && value.name === 'thoracle'
  );
}
