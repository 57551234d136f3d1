/**
 * Known vulnerabilities of the packages that are needed at run time. Fails on advisories of severity high and critical, and when the audit itself went wrong. A registry
 * that cannot be reached, or has no audits, is said to be so and passes: nothing is known then, neither good nor bad.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './npm.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** What mirrors without audits, and registries that are out of order or too busy, answer. */
const unanswered = new Set([404, 405, 410, 429, 500, 501, 502, 503, 504]);
const timeoutMs = 60_000;

const { stdout, error } = npm(['audit', '--omit=dev', '--json', '--fetch-retries=0', '--fetch-timeout=20000'], {
  cwd: root,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
  timeout: timeoutMs,
});
const { passes, sentence } = verdict(stdout, error);
(passes ? console.log : console.error)(sentence);
process.exitCode = passes ? 0 : 1;

function verdict(text, failure) {
  if (failure?.code === 'ETIMEDOUT') return notAnswered(`no answer within ${timeoutMs / 1000} s`);
  let document;
  try {
    document = JSON.parse(text);
  } catch {
    return wrong('npm audit printed no JSON');
  }
  const counts = document?.metadata?.vulnerabilities;
  if (counts !== undefined) return ofReport(counts, document.vulnerabilities ?? {});
  const { statusCode, message = '' } = document ?? {};
  if (unanswered.has(statusCode)) return notAnswered(`it answers with status ${statusCode}`);
  // A connection that failed has a reason and no status.
  const reason = statusCode === undefined ? /failed, reason: (.*)$/.exec(message)?.[1] : undefined;
  if (reason !== undefined) return notAnswered(`it cannot be reached (${reason})`);
  return wrong(message || JSON.stringify(document).slice(0, 300));
}

function ofReport(counts, packages) {
  const grave = Object.values(packages).filter(({ severity }) => severity === 'high' || severity === 'critical');
  if (grave.length === 0 && !(counts.high > 0) && !(counts.critical > 0)) {
    const others = (counts.low ?? 0) + (counts.moderate ?? 0) + (counts.info ?? 0);
    return { passes: true, sentence: `no advisory of severity high or critical; ${others} of lower severity` };
  }
  const list = grave.map(({ name, severity, range, via = [] }) => {
    const titles = via.map((one) => (typeof one === 'string' ? one : one.title)).join('; ');
    return `  ${name} ${range ?? ''} (${severity}): ${titles}`;
  });
  const head = 'packages that are needed at run time have advisories of severity high or critical:';
  return { passes: false, sentence: [head, ...list].join('\n') };
}

function notAnswered(why) {
  return { passes: true, sentence: `not audited: the registry answers no audit requests, ${why}` };
}

function wrong(what) {
  return { passes: false, sentence: `the audit went wrong: ${what}` };
}
