/** What a call asks for. */
export interface Call {
  /** Address of the server: `https://host:8080`. */
  readonly server: string;
  /** Undefined: the server's own model. */
  readonly model: string | undefined;
  /** Values by column, as `/predict` takes them. */
  readonly record: Readonly<Record<string, number>>;
  /** The server asks for a key. */
  readonly needsKey: boolean;
  readonly wantsCurve: boolean;
}

/** A call of the cloud's runtime client: every model is an endpoint of its name. */
export interface RuntimeCall extends Omit<Call, 'model' | 'wantsCurve'> {
  readonly endpoint: string;
  /** Requests are signed with the access keys that the client finds by itself, and need no API key. */
  readonly isSigned: boolean;
}

/** A command line for a POSIX shell; the key is taken from THORACLE_KEY. */
export function curlCall({ server, model, record, needsKey, wantsCurve }: Call): string {
  const body = {
    records: [record],
    ...(model === undefined ? {} : { model }),
    ...(wantsCurve ? { curve: true } : {}),
  };
  return [
    `curl -sS ${quoted(`${server}/predict`)}`,
    `-H 'content-type: application/json'`,
    ...(needsKey ? ['-H "x-api-key: $THORACLE_KEY"'] : []),
    `-d ${quoted(JSON.stringify(body))}`,
  ].join(' \\\n  ');
}

/** A command line that sends the rows of a table. */
export function curlTableCall({
  server,
  model,
  needsKey,
  file,
}: Pick<Call, 'server' | 'model' | 'needsKey'> & { readonly file: string }): string {
  return [
    `curl -sS ${quoted(`${server}/invocations`)}`,
    `-H 'content-type: text/csv' -H 'accept: application/json'`,
    ...(model === undefined ? [] : [`-H ${quoted(`x-amzn-sagemaker-target-model: ${model}`)}`]),
    ...(needsKey ? ['-H "x-api-key: $THORACLE_KEY"'] : []),
    `--data-binary ${quoted(`@${file}`)}`,
  ].join(' \\\n  ');
}

/** A module for Node with `@aws-sdk/client-sagemaker-runtime`. */
export function javascriptCall({ server, endpoint, record, needsKey, isSigned }: RuntimeCall): string {
  const credentials = isSigned
    ? []
    : [`  credentials: { accessKeyId: 'any', secretAccessKey: 'any' }, // this server does not look at signatures`];
  const key =
    needsKey && !isSigned
      ? [
          'client.middlewareStack.add(',
          '  (next) => (call) => {',
          "    call.request.headers['x-api-key'] = process.env.THORACLE_KEY;",
          '    return next(call);',
          '  },',
          "  { step: 'build' },",
          ');',
        ]
      : [];
  return [
    "import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';",
    '',
    'const client = new SageMakerRuntimeClient({',
    `  endpoint: ${JSON.stringify(server)},`,
    "  region: 'local',",
    ...credentials,
    '});',
    ...key,
    'const reply = await client.send(',
    '  new InvokeEndpointCommand({',
    `    EndpointName: ${JSON.stringify(endpoint)},`,
    "    ContentType: 'application/json',",
    "    Accept: 'application/json',",
    `    Body: JSON.stringify({ instances: [${JSON.stringify(record)}] }),`,
    '  }),',
    ');',
    'console.log(reply.Body.transformToString());',
  ].join('\n');
}

/** A script for Python with `boto3`. */
export function pythonCall({ server, endpoint, record, needsKey, isSigned }: RuntimeCall): string {
  const addsKey = needsKey && !isSigned;
  const credentials = isSigned
    ? []
    : ['    aws_access_key_id="any", aws_secret_access_key="any",  # this server does not look at signatures'];
  const key = addsKey
    ? [
        'client.meta.events.register(',
        '    "before-sign.sagemaker-runtime.InvokeEndpoint",',
        '    lambda request, **_: request.headers.add_header("x-api-key", os.environ["THORACLE_KEY"]),',
        ')',
      ]
    : [];
  return [
    'import json',
    ...(addsKey ? ['import os'] : []),
    '',
    'import boto3',
    '',
    'client = boto3.client(',
    `    "sagemaker-runtime", endpoint_url=${JSON.stringify(server)}, region_name="local",`,
    ...credentials,
    ')',
    ...key,
    // Numbers and names of JSON are the same in Python.
    `record = ${JSON.stringify(record)}`,
    'reply = client.invoke_endpoint(',
    `    EndpointName=${JSON.stringify(endpoint)},`,
    '    ContentType="application/json",',
    '    Accept="application/json",',
    '    Body=json.dumps({"instances": [record]}),',
    ')',
    'print(reply["Body"].read().decode())',
  ].join('\n');
}

/** Inside single quotes a shell changes nothing. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
