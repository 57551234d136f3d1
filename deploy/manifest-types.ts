import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { packageRoot } from '../package-facts.js';

/** Where the type of each kind is. */
const modules: Readonly<Record<string, string>> = {
  Deployment: 'kubernetes-models/apps/v1/Deployment',
  Service: 'kubernetes-models/v1/Service',
  HorizontalPodAutoscaler: 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler',
  PodDisruptionBudget: 'kubernetes-models/policy/v1/PodDisruptionBudget',
};

/** A document of a manifest. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * What TypeScript says of documents written as values of their kinds' types. A field that does not exist is an error there, which the
 * schemas, as the API server, let pass.
 */
export function typeFindings(documents: readonly Manifest[]): readonly string[] {
  const kinds = [...new Set(documents.map(({ kind }) => kind))];
  const unknown = kinds.filter((kind) => modules[kind] === undefined);
  if (unknown.length > 0) return unknown.map((kind) => `no type is known of ${kind}`);
  const source = [
    ...kinds.map((kind) => `import type { I${kind} } from '${modules[kind]}';`),
    ...documents.map((one, i) => `export const document${i}: I${one.kind} = ${JSON.stringify(one)};`),
  ].join('\n');
  const name = join(packageRoot(), 'deploy', 'manifest.ts');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => path === name || fileExists(path);
  host.readFile = (path) => (path === name ? source : readFile(path));
  host.getSourceFile = (path, version) =>
    path === name ? ts.createSourceFile(path, source, version) : getSourceFile(path, version);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([name], options, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

/** The manifest's text. */
export function manifestText(): string {
  return readFileSync(join(packageRoot(), 'deploy', 'kubernetes.yaml'), 'utf8');
}
