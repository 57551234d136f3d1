/** Fails when an exported name of a room (or a method of an exported interface or class) has no doc comment. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, ReflectionKind } from 'typedoc';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
const app = await Application.bootstrap({ logLevel: 'Error', validation: { notDocumented: false } }, []);
await app.options.read(app.logger);
for (const [name, value] of Object.entries(
  (await import('node:module')).createRequire(import.meta.url)('../typedoc.json'),
)) {
  if (['entryPoints', 'tsconfig', 'excludeExternals'].includes(name)) app.options.setValue(name, value);
}
const project = await app.convert();
if (project === undefined) process.exit(1);

const kinds =
  ReflectionKind.Function |
  ReflectionKind.Class |
  ReflectionKind.Interface |
  ReflectionKind.Variable |
  ReflectionKind.Method;
const missing = [];
for (const reflection of Object.values(project.reflections)) {
  // Types written in place (`__type`) are documented where they stand.
  if (!reflection.kindOf(kinds) || reflection.getFullName().includes('__type')) continue;
  const signatures = reflection.signatures ?? [];
  if (reflection.hasComment() || signatures.some((signature) => signature.hasComment())) continue;
  const at = reflection.sources?.[0];
  missing.push(`${at?.fileName}:${at?.line} ${reflection.getFullName()}`);
}
for (const line of [...new Set(missing)].sort()) console.error(`no doc comment: ${line}`);
process.exit(missing.length === 0 ? 0 : 1);
