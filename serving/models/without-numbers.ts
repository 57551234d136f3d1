import type { BundleManifest, Member } from '../../training/bundle/index.js';

/** A manifest without the numbers of its fitted steps and models, which are large and say nothing to a reader. */
export type PublicManifest = Omit<BundleManifest, 'members' | 'answer' | 'reference'> & {
  readonly members: readonly (Pick<Member, 'name' | 'weight' | 'inputs'> & {
    readonly steps: readonly string[];
    readonly model: string;
  })[];
  readonly answer: BundleManifest['answer']['kind'];
};

/** What a server shows of a model. */
export function withoutNumbers({ members, answer, reference: _, ...manifest }: BundleManifest): PublicManifest {
  return {
    ...manifest,
    members: members.map(({ name, weight, inputs, steps, model }) => ({
      name,
      weight,
      inputs,
      steps: steps.map(({ kind }) => kind),
      model: model.kind,
    })),
    answer: answer.kind,
  };
}
