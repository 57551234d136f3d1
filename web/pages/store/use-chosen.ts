import { useLocation } from 'preact-iso/router';

/** What the address says is looked at, and how to say something else; undefined takes a part away. */
export function useChosen(): {
  readonly chosen: Readonly<Record<string, string | undefined>>;
  readonly choose: (change: Readonly<Record<string, string | undefined>>) => void;
  readonly linkTo: (change: Readonly<Record<string, string | undefined>>) => string;
} {
  const { query, path, route } = useLocation();
  const linkTo = (change: Readonly<Record<string, string | undefined>>) => {
    const next = new URLSearchParams(query);
    for (const [name, value] of Object.entries(change)) {
      if (value === undefined || value === '') next.delete(name);
      else next.set(name, value);
    }
    return next.size === 0 ? path : `${path}?${next}`;
  };
  return { chosen: query, choose: (change) => route(linkTo(change), true), linkTo };
}
