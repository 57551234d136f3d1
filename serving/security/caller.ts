import type { Scope } from '../http/request-facts.js';

/** What a key or token may be given. */
export type GrantedScope = Exclude<Scope, 'open' | 'known'>;

/** Every scope that can be given; `admin` holds the others. */
export const grantedScopes = ['predict', 'read', 'admin'] as const satisfies readonly GrantedScope[];

/** Who asks, and what they may do. */
export interface Caller {
  /** `key:<id>` or `jwt:<subject>`. */
  readonly name: string;
  readonly scopes: readonly GrantedScope[];
}

/** Whether it is the name of a scope. */
export function isGrantedScope(text: unknown): text is GrantedScope {
  return (grantedScopes as readonly unknown[]).includes(text);
}

/** Whether a caller may use a route of this scope. */
export function mayUse({ scopes }: Caller, scope: Scope): boolean {
  return scope === 'open' || scope === 'known' || scopes.includes('admin') || scopes.includes(scope);
}
