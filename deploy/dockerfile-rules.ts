import { DockerfileParser, type From, type JSONInstruction } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';

/** What the rules of an image have to say; empty when all are kept. */
export function dockerfileFindings(text: string): readonly string[] {
  const syntax = validate(text).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`);
  return [...syntax, ...ruleFindings(text)];
}

const shellForm = (instruction: JSONInstruction): boolean => instruction.getOpeningBracket() === null;

function ruleFindings(text: string): readonly string[] {
  const file = DockerfileParser.parse(text);
  const stages = file.getFROMs();
  const lastFrom = stages.at(-1)?.getRange().start.line ?? 0;
  // Of the image that is kept: the instructions of its last stage.
  const kept = file.getInstructions().filter((one) => one.getRange().start.line >= lastFrom);
  const named = (keyword: string) => kept.filter((one) => one.getKeyword() === keyword);
  const user = named('USER').at(-1)?.getArgumentsContent() ?? 'root';
  const health = file.getHEALTHCHECKs().filter((one) => one.getRange().start.line >= lastFrom);
  const entry = file.getENTRYPOINTs().at(-1);
  const command = file.getCMDs().at(-1);
  return [
    ...stages.flatMap(baseFindings),
    ...(stages.length > 1 ? [] : ['there is one stage: what builds would be shipped']),
    ...(/^[1-9]\d*(:[1-9]\d*)?$/.test(user) ? [] : [`it runs as ${user}, which is not the number of a common user`]),
    ...(health.length === 1 ? [] : ['there is no health check']),
    ...(entry !== undefined && !shellForm(entry)
      ? []
      : ['the entry point is not in exec form: signals would not arrive']),
    ...(command
      ?.getJSONStrings()
      .map((one) => one.getJSONValue())
      .join(' ') === 'serve'
      ? []
      : ['the start word is not "serve"']),
    ...(named('RUN').length === 0 ? [] : ['the kept image runs commands of its own']),
    ...(file.getInstructions().some((one) => one.getKeyword() === 'ADD') ? ['ADD fetches and unpacks; use COPY'] : []),
    ...(/(password|secret|token)\s*=/i.test(text) ? ['it holds what looks like a secret'] : []),
    ...(/https?:\/\/(?!127\.0\.0\.1)/.test(text) ? ['it names a host'] : []),
  ];
}

function baseFindings(from: From): readonly string[] {
  const image = from.getImage() ?? '';
  const tag = from.getImageTag() ?? '';
  return [
    ...(/^\d+\.\d+\.\d+-.*slim$/.test(tag)
      ? []
      : [`base image ${image}: its tag is not an exact version of a slim image`]),
    ...(from.getRegistry() === null ? [] : [`base image ${image}: it names a registry`]),
  ];
}
