import { ServingError, servingErrors } from '../errors.js';

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** @throws ServingError SERVING_OPEN_ADDRESS when others could call a server that asks nobody who they are */
export function assertGuarded(host: string, guarded: boolean): void {
  if (guarded || isLoopback(host)) return;
  throw new ServingError('SERVING_OPEN_ADDRESS', servingErrors.SERVING_OPEN_ADDRESS(host));
}
