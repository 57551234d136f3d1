/**
 * Whether a file of secrets can be read by nobody but this process' user. A file of the superuser that another user reads may be readable by
 * its group: orchestrators mount secrets so, and PostgreSQL takes key files by the same rule (its documentation, chapter "Secure TCP/IP Connections with SSL").
 * @param self number of the user of this process; undefined where the system has none (Windows, where Node shows every file as readable by all), and every file passes
 */
export function isPrivate(
  { mode, uid }: { readonly mode: number; readonly uid: number },
  self = process.getuid?.(),
): boolean {
  if (self === undefined) return true;
  return (mode & (uid === 0 && self !== 0 ? 0o037 : 0o077)) === 0;
}
