import { parseArgs } from 'node:util';
import { checkConformance, checkLoading } from './conformance.js';

const usage =
  'usage: npm run conformance -- http://127.0.0.1:8080 [MODEL] [--header "Name: value"] [--load ANOTHER_MODEL]';

/** `npm run conformance -- URL [MODEL] …`: asks a running server for every demand of the Open Inference Protocol; `--load`: of its repository, too. */
const { url, model, headers, load } = readArguments();
const results = [
  ...(await checkConformance(url, model, headers)),
  ...(load === undefined ? [] : await checkLoading(url, load, headers)),
];
for (const { demand, failure } of results)
  console.log(failure === undefined ? `ok    ${demand}` : `FAIL  ${demand}\n      ${failure}`);
const failures = results.filter(({ failure }) => failure !== undefined).length;
console.log(`${results.length - failures} of ${results.length} demands are met`);
process.exit(failures === 0 ? 0 : 1);

function readArguments() {
  const options = { header: { type: 'string' }, load: { type: 'string' } } as const;
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [url = '', model = 'model', ...more] = positionals;
    if (!/^https?:\/\//.test(url) || more.length > 0) throw new Error('no such arguments');
    const { header = '', load } = values;
    const colon = header.indexOf(':');
    const headers = colon < 0 ? {} : { [header.slice(0, colon).trim()]: header.slice(colon + 1).trim() };
    return { url, model, headers, load };
  } catch {
    console.error(usage);
    return process.exit(2);
  }
}
