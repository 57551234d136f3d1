import { useLocation } from 'preact-iso/router';

/** What the address says of the page. */
export interface Address {
  /** A part of it; undefined where it is not there. */
  readonly get: (name: string) => string | undefined;
  /** The address with other parts; an empty one is left out. */
  readonly with: (parts: Readonly<Record<string, string>>) => string;
  /** Shows what another address shows. */
  readonly set: (parts: Readonly<Record<string, string>>) => void;
}

/** What is chosen on the page lives in its address, so that a link shows the same. */
export function useAddress(): Address {
  const { query, path, route } = useLocation();
  const address = (parts: Readonly<Record<string, string>>) => {
    const kept = Object.entries({ ...query, ...parts }).filter(([, value]) => value !== '');
    return kept.length === 0 ? path : `${path}?${new URLSearchParams(kept)}`;
  };
  return { get: (name) => query[name] || undefined, with: address, set: (parts) => route(address(parts), true) };
}
