import { checkConformance } from './conformance.js';

/** `npm run conformance -- URL [MODEL] [--header "Name: value"]`: asks a running server for every demand of the Open Inference Protocol. */
const [url, model = 'model', flag, header = ''] = process.argv.slice(2);
if (url === undefined || !/^https?:\/\//.test(url) || (flag !== undefined && flag !== '--header')) {
  console.error('usage: npm run conformance -- http://127.0.0.1:8080 [MODEL] [--header "Name: value"]');
  process.exit(2);
}
const colon = header.indexOf(':');
const headers = colon < 0 ? {} : { [header.slice(0, colon).trim()]: header.slice(colon + 1).trim() };
const results = await checkConformance(url, model, headers);
for (const { demand, failure } of results)
  console.log(failure === undefined ? `ok    ${demand}` : `FAIL  ${demand}\n      ${failure}`);
const failures = results.filter(({ failure }) => failure !== undefined).length;
console.log(`${results.length - failures} of ${results.length} demands are met`);
process.exit(failures === 0 ? 0 : 1);
