/**
 * Whether a client would rather not wait for the answer: `Prefer: respond-async` (RFC 7240, section 4.1), alone or among other preferences.
 * Preferences that cannot be read are none, as the RFC has it.
 */
export function prefersAsync(prefer: string | readonly string[] | undefined): boolean {
  if (prefer === undefined) return false;
  const text = typeof prefer === 'string' ? prefer : prefer.join(',');
  return text
    .replace(/"(?:[^"\\]|\\.)*"/g, '')
    .split(',')
    .some((preference) => /^\s*respond-async\s*(;|$)/i.test(preference));
}
