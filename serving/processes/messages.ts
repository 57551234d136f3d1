/** What a member (one process of a server) says to its lead. */
export type FromMember =
  /** It takes requests. */
  | { readonly kind: 'listening'; readonly url: string }
  /** It has answered everything and ends; what it counted. */
  | { readonly kind: 'closed'; readonly page: string }
  /** Somebody asks it for the metrics of all; `page` are its own. */
  | { readonly kind: 'gather'; readonly id: number; readonly page: string }
  /** Its own metrics. */
  | { readonly kind: 'page'; readonly id: number; readonly page: string };

/** What the lead says to a member. */
export type ToMember =
  /** Take no more connections, answer on those that are there for up to `lingerMs`, then end. */
  | { readonly kind: 'drain'; readonly lingerMs: number }
  /** Send your metrics. */
  | { readonly kind: 'collect'; readonly id: number }
  | ({ readonly kind: 'gathered'; readonly id: number } & Gathered);

/** The metrics of the other processes. */
export interface Gathered {
  readonly pages: readonly string[];
  /** Counters of processes that have ended. */
  readonly ended: string;
  /** Numbers of the processes that did not answer in time. */
  readonly missing: readonly number[];
}

/** What a member is told when it is started. */
export interface MemberPlace {
  /** From 1; a process that is started later takes the lowest number that is free. */
  readonly number: number;
  /** How many processes the server has. */
  readonly processes: number;
}

/** A process that was started, as the lead sees it. */
export interface ForkedMember {
  readonly pid: number | undefined;
  send(message: ToMember): void;
  kill(signal: 'SIGKILL' | 'SIGTERM'): void;
  onMessage(listener: (message: FromMember) => void): void;
  /** Called once, with its exit code, or the signal that ended it. */
  onEnd(listener: (how: number | string) => void): void;
}

/** Starts a member. */
export type ForkMember = (place: MemberPlace) => ForkedMember;
