// Models of providers that the project does not have, and a default that is none: nothing could ever call them.

import { pointerTo } from '../../json-pointer.ts';
import type { Project } from '../../program.ts';
import { quoteValue } from '../../words.ts';
import { nearName } from '../near-name.ts';
import type { Finding, ProgramRule } from '../rule.ts';

export const unknownProvider: ProgramRule = {
  code: 'project/unknown-provider',
  severity: 'error',
  check({ project, report }) {
    if (project === undefined) return;
    for (const id of Object.keys(project.declaration.models ?? {})) {
      if (!hasProvider(project, id)) report(describe(project, id, pointerTo('/models', id), 'key'));
    }
    for (const [alias, id] of Object.entries(project.aliases)) {
      if (!hasProvider(project, id)) report(describe(project, id, pointerTo('/aliases', alias), 'value'));
    }
    const { provider } = project.declaration.defaults ?? {};
    if (provider !== undefined && !Object.hasOwn(project.providers, provider))
      report(describe(project, `${provider}/`, '/defaults/provider', 'value'));
  },
};

export function hasProvider({ providers }: Project, id: string): boolean {
  return Object.hasOwn(providers, providerOf(id));
}

function providerOf(id: string): string {
  return id.slice(0, id.indexOf('/'));
}

function describe({ tree, providers }: Project, id: string, pointer: string, at: 'key' | 'value'): Finding {
  const provider = providerOf(id);
  const whole = tree.spanOf(pointer, at);
  const start = whole.start + Math.max(0, tree.source.text.slice(whole.start, whole.end).indexOf(provider));
  const span = { ...whole, start, end: start + provider.length };
  return {
    message: `There is no provider ${quoteValue(provider)}.`,
    span,
    ...nearName(provider, Object.keys(providers), 'providers', span),
    pointer,
  };
}
