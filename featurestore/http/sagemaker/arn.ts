/** The account in every name of a resource: the server knows keys, not accounts. */
const account = '000000000000';

/** The Amazon Resource Name of a group, in the region that the client believes to talk to. */
export function groupArn(region: string, group: string): string {
  return `arn:aws:sagemaker:${region}:${account}:feature-group/${group}`;
}

/** Clients may say either the name of a group or its resource name; any region and account are taken for ours. */
export function groupName(nameOrArn: string): string {
  return /^arn:[^:]*:sagemaker:[^:]*:[^:]*:feature-group\/(.+)$/.exec(nameOrArn)?.[1] ?? nameOrArn;
}
