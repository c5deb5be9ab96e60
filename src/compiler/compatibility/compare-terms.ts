// Everything of a capability besides its schemas: tiers, where it may run, limits, lifecycle, and what the model is told.

import type { Capability, Constraints, DataClass, Lifecycle, Snapshot } from '../../registry/snapshot.ts';
import { canonicalJson } from '../../schema/canonical-json.ts';
import { pointerTo } from '../json-pointer.ts';
import { makeChange } from './change.ts';
import type { Change, Grade } from './change.ts';

/** A change of one field: its dotted path is the subject, and the way to its place. */
interface Term {
  readonly id: string;
  readonly path: readonly string[];
  readonly text: string;
  readonly grade: Grade;
  readonly addsSurface?: boolean;
  readonly at?: 'key' | 'value';
}

interface Sides<T> {
  readonly old: T;
  readonly new: T;
}

/**
 * The changes that come from the capability's own file. What it takes over from capstan.yaml is compared there, once for
 * all capabilities.
 */
export function compareTerms(capabilities: Sides<Capability>, projects: Sides<Snapshot>): readonly Change[] {
  const terms = [
    ...compareTiers(capabilities, projects),
    ...compareConstraints(capabilities),
    ...comparePolicies(capabilities, projects),
    ...compareLifecycle(capabilities),
    ...compareModelSurface(capabilities),
    ...compareWording(capabilities),
  ];
  return terms.map((term) => toChange(capabilities.new.key, term));
}

function toChange(key: string, { id, path, text, grade, addsSurface = false, at = 'value' }: Term): Change {
  const place = { pointer: pointerTo('', ...path), at };
  return makeChange(key, {
    id,
    area: 'capability',
    subject: path.join('.'),
    text,
    grade,
    addsSurface,
    old: place,
    new: place,
  });
}

// -- tiers

function compareTiers({ old, new: next }: Sides<Capability>, projects: Sides<Snapshot>): readonly Term[] {
  const names = [...new Set([...Object.keys(old.tiers.offer), ...Object.keys(next.tiers.offer)])].sort();
  const offers = names.flatMap((tier): readonly Term[] => {
    const [before, after] = [old.tiers.offer[tier], next.tiers.offer[tier]];
    const path = ['tiers', 'offer', tier];
    if (before !== undefined && after !== undefined) return compareOffer(tier, before, after);
    const isOfProject = [projects.old, projects.new].filter(({ tiers }) => tier in tiers).length === 1;
    if (isOfProject) return [];
    return before === undefined
      ? [
          {
            id: 'tier-added',
            path,
            text: `the tier "${tier}" was added`,
            grade: 'safe',
            addsSurface: true,
            at: 'key',
          },
        ]
      : [{ id: 'tier-removed', path, text: `the tier "${tier}" was removed`, grade: 'breaking', at: 'key' }];
  });
  return [...offers, ...compareDefaultTier(old, next, projects)];
}

function compareOffer(
  tier: string,
  before: Capability['tiers']['offer'][string],
  after: Capability['tiers']['offer'][string],
): readonly Term[] {
  const path = ['tiers', 'offer', tier];
  const [least, most] = [before.maxOutputTokens ?? Infinity, after.maxOutputTokens ?? Infinity];
  const limits: readonly Term[] =
    least === most
      ? []
      : [
          {
            id: most < least ? 'output-limit-lowered' : 'output-limit-raised',
            path: [...path, 'maxOutputTokens'],
            text:
              most === Infinity
                ? `the tier "${tier}" writes as much as the model can, not at most ${least} tokens`
                : `the tier "${tier}" writes at most ${most} tokens, not ${least === Infinity ? 'as many as the model can' : least}`,
            grade: most < least ? 'dangerous' : 'safe',
          },
        ];
  return isSame(before.requires, after.requires)
    ? limits
    : [
        ...limits,
        {
          id: 'requirements-changed',
          path: [...path, 'requires'],
          text: `the tier "${tier}" requires something else of a model`,
          grade: 'safe',
        },
      ];
}

function compareDefaultTier(old: Capability, next: Capability, projects: Sides<Snapshot>): readonly Term[] {
  const [before, after] = [old.tiers.default, next.tiers.default];
  if (before === after) return [];
  const isOfProject = before === projects.old.defaults.tier && after === projects.new.defaults.tier;
  const text = `callers who name no tier get "${after}", not "${before}"`;
  return isOfProject
    ? []
    : [{ id: 'default-tier-changed', path: ['tiers', 'default'], text, grade: 'dangerous' }];
}

// -- where it may run

const dataClasses: readonly DataClass[] = ['public', 'internal', 'confidential', 'restricted'];

function compareConstraints({ old, new: next }: Sides<Capability>): readonly Term[] {
  const [before, after] = [old.routing.constraints, next.routing.constraints];
  return [
    ...compareDataClass(before, after),
    ...compareAllowed('regions', before.regions, after.regions),
    ...compareAllowed('providers.allow', before.providers?.allow, after.providers?.allow),
    ...compareAllowed('models.allow', before.models?.allow, after.models?.allow),
    ...compareDenied('providers.deny', before.providers?.deny, after.providers?.deny),
    ...compareDenied('models.deny', before.models?.deny, after.models?.deny),
    ...compareBudget(before, after),
    ...(isSame(before.maxLatencyMs, after.maxLatencyMs)
      ? []
      : [constraint('maxLatency', 'changed', 'safe', 'the limit of latency changed')]),
    ...(isSame(old.routing.requires, next.routing.requires)
      ? []
      : [
          {
            id: 'requirements-changed',
            path: ['routing', 'requires'],
            text: 'other things are required of a model',
            grade: 'safe' as const,
          },
        ]),
  ];
}

function constraint(
  name: string,
  verb: 'loosened' | 'tightened' | 'changed',
  grade: Grade,
  text: string,
): Term {
  return { id: `constraint-${verb}`, path: ['routing', 'constraints', ...name.split('.')], text, grade };
}

function compareDataClass(before: Constraints, after: Constraints): readonly Term[] {
  const rank = ({ dataClass }: Constraints): number =>
    dataClass === undefined ? -1 : dataClasses.indexOf(dataClass);
  const difference = rank(after) - rank(before);
  if (difference === 0) return [];
  const text = `the data class is ${after.dataClass ?? 'none'}, not ${before.dataClass ?? 'none'}`;
  return difference < 0
    ? [constraint('dataClass', 'loosened', 'dangerous', text)]
    : [constraint('dataClass', 'tightened', 'safe', text)];
}

/** A list of what is allowed; absent means all. */
function compareAllowed(
  name: string,
  before: readonly string[] | undefined,
  after: readonly string[] | undefined,
): readonly Term[] {
  if (before === undefined && after === undefined) return [];
  const added =
    before === undefined ? [] : (after?.filter((each) => !before.includes(each)) ?? ['everything']);
  const removed = after === undefined ? [] : (before?.filter((each) => !after.includes(each)) ?? ['some']);
  if (added.length > 0)
    return [constraint(name, 'loosened', 'dangerous', `\`${name}\` allows ${added.join(', ')} as well`)];
  return removed.length === 0
    ? []
    : [constraint(name, 'tightened', 'safe', `\`${name}\` allows ${after?.join(', ')} only`)];
}

function compareDenied(
  name: string,
  before: readonly string[] = [],
  after: readonly string[] = [],
): readonly Term[] {
  const gone = before.filter((each) => !after.includes(each));
  const come = after.filter((each) => !before.includes(each));
  if (gone.length > 0)
    return [constraint(name, 'loosened', 'dangerous', `\`${name}\` holds ${gone.join(', ')} no longer`)];
  return come.length === 0
    ? []
    : [constraint(name, 'tightened', 'safe', `\`${name}\` holds ${come.join(', ')} as well`)];
}

function compareBudget(before: Constraints, after: Constraints): readonly Term[] {
  const [old, next] = [before.maxCostUsd ?? Infinity, after.maxCostUsd ?? Infinity];
  if (old === next) return [];
  const inDollars = (amount: number): string => (amount === Infinity ? 'anything' : `$${amount}`);
  return [
    {
      id: next < old ? 'budget-lowered' : 'budget-raised',
      path: ['routing', 'constraints', 'maxCostUsd'],
      text: `a call may cost ${inDollars(next)}, not ${inDollars(old)}`,
      grade: next < old ? 'dangerous' : 'safe',
    },
  ];
}

// -- policies

const cacheScopes: readonly Capability['policies']['cache']['scope'][] = ['caller', 'team', 'global'];

function comparePolicies({ old, new: next }: Sides<Capability>, projects: Sides<Snapshot>): readonly Term[] {
  const [before, after] = [old.policies, next.policies];
  const isOfProject =
    before.timeoutMs === projects.old.defaults.timeoutMs &&
    after.timeoutMs === projects.new.defaults.timeoutMs;
  const timeout: readonly Term[] =
    before.timeoutMs === after.timeoutMs || isOfProject
      ? []
      : [
          {
            id: after.timeoutMs < before.timeoutMs ? 'timeout-lowered' : 'timeout-raised',
            path: ['policies', 'timeout'],
            text: `the timeout is ${after.timeoutMs / 1000} s, not ${before.timeoutMs / 1000} s`,
            grade: after.timeoutMs < before.timeoutMs ? 'dangerous' : 'safe',
          },
        ];
  const widens =
    after.cache.mode !== 'none' &&
    (before.cache.mode === 'none' ? 0 : cacheScopes.indexOf(before.cache.scope)) <
      cacheScopes.indexOf(after.cache.scope);
  const cache: readonly Term[] = isSame(before.cache, after.cache)
    ? []
    : [
        {
          id: widens ? 'cache-widened' : 'cache-changed',
          path: ['policies', 'cache'],
          text: widens
            ? `answers are shared with the whole ${sharedWith(after.cache.scope)}`
            : 'the cache changed',
          grade: widens ? 'dangerous' : 'safe',
        },
      ];
  const others = (['retry', 'repair'] as const).filter((name) => !isSame(before[name], after[name]));
  return [
    ...timeout,
    ...cache,
    ...others.map((name): Term => ({
      id: `${name}-changed`,
      path: ['policies', name],
      text: `the policy of ${name} changed`,
      grade: 'safe',
    })),
  ];
}

function sharedWith(scope: 'caller' | 'team' | 'global'): string {
  return scope === 'global' ? 'project' : scope;
}

// -- lifecycle

/** How much is promised. */
const promises: readonly Lifecycle[] = ['experimental', 'beta', 'deprecated', 'stable'];

function compareLifecycle({ old, new: next }: Sides<Capability>): readonly Term[] {
  const [before, after] = [old.lifecycle, next.lifecycle];
  const path = ['metadata', 'lifecycle'];
  const changes: Term[] = [];
  if (before !== after && after === 'deprecated') {
    const until =
      next.deprecation === undefined ? '' : `; it may be removed from ${next.deprecation.sunset} on`;
    changes.push({ id: 'deprecated', path, text: `the capability is deprecated${until}`, grade: 'safe' });
  } else if (before !== after) {
    const isLower = promises.indexOf(after) < promises.indexOf(before) && before !== 'deprecated';
    changes.push({
      id: isLower ? 'lifecycle-lowered' : 'lifecycle-raised',
      path,
      text: `the lifecycle is ${after}, not ${before}`,
      grade: isLower ? 'dangerous' : 'safe',
    });
  }
  const [was, is] = [old.deprecation?.sunset, next.deprecation?.sunset];
  if (was !== undefined && is !== undefined && was !== is) {
    changes.push({
      id: is < was ? 'sunset-moved-up' : 'sunset-postponed',
      path: ['metadata', 'deprecation', 'sunset'],
      text: `the sunset is ${is}, not ${was}`,
      grade: is < was ? 'dangerous' : 'safe',
    });
  }
  return changes;
}

// -- what OpenAI's clients meet

function compareModelSurface({ old, new: next }: Sides<Capability>): readonly Term[] {
  const takesHistory = ({ prompt }: Capability): boolean => prompt.some(({ kind }) => kind === 'slot');
  const changes: Term[] = [];
  if (takesHistory(old) !== takesHistory(next)) {
    changes.push(
      takesHistory(next)
        ? {
            id: 'history-added',
            path: ['prompt'],
            text: 'earlier turns of a conversation may be sent',
            grade: 'safe',
            addsSurface: true,
            at: 'key',
          }
        : {
            id: 'history-removed',
            path: ['prompt'],
            text: 'earlier turns of a conversation are refused',
            grade: 'dangerous',
            at: 'key',
          },
    );
  }
  if (old.textProperty !== next.textProperty) {
    const isAdded = old.textProperty === undefined;
    changes.push({
      id: isAdded ? 'text-property-added' : 'text-property-changed',
      path: ['input'],
      text:
        next.textProperty === undefined
          ? 'called as a model, it no longer takes plain text'
          : `called as a model, its text fills \`${next.textProperty}\`${isAdded ? '' : `, not \`${old.textProperty}\``}`,
      grade: isAdded ? 'safe' : 'dangerous',
      addsSurface: isAdded,
      at: 'key',
    });
  }
  return changes;
}

// -- what changes behaviour or words only

function compareWording({ old, new: next }: Sides<Capability>): readonly Term[] {
  const fields: readonly (readonly [id: string, path: readonly string[], values: Sides<unknown>])[] = [
    ['prompt-changed', ['prompt'], { old: old.prompt, new: next.prompt }],
    ['partials-changed', ['prompt'], { old: old.partials, new: next.partials }],
    ['sampling-changed', ['sampling'], { old: old.sampling, new: next.sampling }],
    ['preferences-changed', ['routing', 'prefer'], { old: old.routing.prefer, new: next.routing.prefer }],
    ['examples-changed', ['examples'], { old: old.examples, new: next.examples }],
    ['description-changed', ['metadata', 'description'], { old: old.description, new: next.description }],
    ['title-changed', ['metadata', 'title'], { old: old.title, new: next.title }],
    ['owner-changed', ['metadata', 'owner'], { old: old.owner, new: next.owner }],
    ['tags-changed', ['metadata', 'tags'], { old: old.tags, new: next.tags }],
  ];
  return fields
    .filter(([, , values]) => !isSame(values.old, values.new))
    .map(([id, path]) => ({
      id,
      path,
      text: `the ${id.replace(/-changed$/, '')} changed`,
      grade: 'safe',
      at: 'key',
    }));
}

function isSame(left: unknown, right: unknown): boolean {
  return canonicalJson(left ?? null) === canonicalJson(right ?? null);
}
