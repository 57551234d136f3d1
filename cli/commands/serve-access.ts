import type { Command } from 'commander';
import {
  type AppOptions,
  assertGuarded,
  authentication,
  protection,
  readTlsFiles,
  type ServerExtension,
  type TimeLimits,
  type TokenOptions,
} from '../../serving/index.js';
import { CliError, cliErrors } from '../errors.js';
import { wholeNumber } from '../option-values.js';

/** Options of `thoracle serve` about who may call, and how. */
export interface AccessOptions {
  readonly keys?: string;
  readonly jwks?: string;
  readonly jwtIssuer?: string;
  readonly jwtAudience?: string;
  /** False: `--no-auth` was said. */
  readonly auth?: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly rateLimit?: number;
  readonly headersTimeout?: number;
  readonly requestTimeout?: number;
  readonly keepAliveTimeout?: number;
}

/** Adds them to the command. */
export function addAccessOptions(command: Command): Command {
  return command
    .option('--keys <file>', 'API keys (made by "thoracle serve key create"): every request needs one')
    .option('--jwks <file>', 'a JSON Web Key Set: requests may carry a token signed by one of its keys')
    .option('--jwt-issuer <text>', 'tokens must be of this issuer')
    .option('--jwt-audience <text>', 'tokens must be meant for this audience')
    .option('--no-auth', 'let everybody in on an address that others can reach')
    .option('--tls-cert <file>', 'certificate with its chain, PEM: serve HTTPS')
    .option('--tls-key <file>', 'its private key, PEM')
    .option('--rate-limit <n>', 'requests a minute of one caller', wholeNumber(1, 100_000_000))
    .option('--headers-timeout <s>', 'in which the headers of a request must arrive; default 20', seconds)
    .option('--request-timeout <s>', 'in which a whole request must arrive; default 60', seconds)
    .option('--keep-alive-timeout <s>', 'a connection may wait for its next request; default 72', seconds);
}

const seconds = wholeNumber(1, 3600);

/** What the options make of the server. */
export interface Access {
  readonly extensions: readonly ServerExtension[];
  readonly app: Pick<AppOptions, 'tls' | 'timeLimits'>;
  close(): void;
}

/**
 * Checks the options together and reads their files.
 * @param isolated the platform around the container decides who may call
 * @param signedRuntime the cloud's runtime clients sign their requests
 */
export async function openAccess(
  options: AccessOptions,
  host: string,
  { isolated, signedRuntime }: { readonly isolated: boolean; readonly signedRuntime: boolean },
): Promise<Access> {
  const { keys, jwks, tlsCert, tlsKey, rateLimit } = options;
  const asked = keys !== undefined || jwks !== undefined;
  assertTogether(options, asked);
  assertGuarded(host, asked || isolated || options.auth === false);
  const tls = tlsCert === undefined || tlsKey === undefined ? undefined : await readTlsFiles(tlsCert, tlsKey);
  const guard = asked
    ? await authentication({
        signedRuntime,
        ...(keys === undefined ? {} : { keyFile: keys }),
        ...(jwks === undefined ? {} : { tokens: tokenOptions(jwks, options) }),
      })
    : undefined;
  const limits = { tls: tls !== undefined, ...(rateLimit === undefined ? {} : { requestsPerMinute: rateLimit }) };
  return {
    extensions: [...(guard === undefined ? [] : [guard]), protection(limits)],
    app: { timeLimits: timeLimits(options), ...(tls === undefined ? {} : { tls }) },
    close: () => guard?.close(),
  };
}

function timeLimits({ headersTimeout, requestTimeout, keepAliveTimeout }: AccessOptions): TimeLimits {
  return {
    ...(headersTimeout === undefined ? {} : { headersMs: headersTimeout * 1000 }),
    ...(requestTimeout === undefined ? {} : { requestMs: requestTimeout * 1000 }),
    ...(keepAliveTimeout === undefined ? {} : { keepAliveMs: keepAliveTimeout * 1000 }),
  };
}

/** @throws CliError CLI_OPTIONS_CLASH */
function assertTogether({ jwks, jwtIssuer, jwtAudience, auth, tlsCert, tlsKey }: AccessOptions, asked: boolean): void {
  const clash = (what: string) => new CliError('CLI_OPTIONS_CLASH', cliErrors.CLI_OPTIONS_CLASH(what));
  if (asked && auth === false) throw clash('--no-auth does not go with --keys or --jwks');
  if (jwks === undefined && (jwtIssuer ?? jwtAudience) !== undefined) {
    throw clash('--jwt-issuer and --jwt-audience need --jwks');
  }
  if ((tlsCert === undefined) !== (tlsKey === undefined)) throw clash('--tls-cert and --tls-key go together');
}

function tokenOptions(jwksFile: string, { jwtIssuer, jwtAudience }: AccessOptions): TokenOptions {
  return {
    jwksFile,
    ...(jwtIssuer === undefined ? {} : { issuer: jwtIssuer }),
    ...(jwtAudience === undefined ? {} : { audience: jwtAudience }),
  };
}
