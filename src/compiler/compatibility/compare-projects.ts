// What capabilities take over from capstan.yaml, and what callers may name without a capability: said once.

import type { Snapshot } from '../../registry/snapshot.ts';
import { pointerTo } from '../json-pointer.ts';
import { makeChange } from './change.ts';
import type { Change, Grade } from './change.ts';

export const projectOwner = 'capstan.yaml';

export function compareProjects(old: Snapshot, next: Snapshot): readonly Change[] {
  return [
    ...compareNames('tier', 'tiers', old.tiers, next.tiers, 'breaking'),
    ...compareNames('alias', 'aliases', old.aliases, next.aliases, 'dangerous'),
    ...compareNames('model', 'models', old.models, next.models, 'dangerous'),
    ...compareDefaults(old, next),
  ];
}

type Named = { readonly [name: string]: unknown };

function compareNames(word: string, field: string, old: Named, next: Named, grade: Grade): readonly Change[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(next)])].sort();
  return names
    .filter((name) => Object.hasOwn(old, name) !== Object.hasOwn(next, name))
    .map((name) => {
      const isAdded = Object.hasOwn(next, name);
      return change([field, name], {
        id: `${word}-${isAdded ? 'added' : 'removed'}`,
        text: `the ${word} "${name}" was ${isAdded ? 'added' : 'removed'}`,
        grade: isAdded ? 'safe' : grade,
        addsSurface: isAdded,
      });
    });
}

function compareDefaults({ defaults: old }: Snapshot, { defaults: next }: Snapshot): readonly Change[] {
  const changes: Change[] = [];
  if (old.tier !== next.tier) {
    const text = `callers who name no tier get "${next.tier}", not "${old.tier}", where a capability does not say`;
    changes.push(change(['defaults', 'tier'], { id: 'default-tier-changed', text, grade: 'dangerous' }));
  }
  if (old.timeoutMs !== next.timeoutMs) {
    const isLower = next.timeoutMs < old.timeoutMs;
    const text = `the timeout is ${next.timeoutMs / 1000} s, not ${old.timeoutMs / 1000} s, where a capability does not say`;
    const id = isLower ? 'timeout-lowered' : 'timeout-raised';
    changes.push(change(['defaults', 'timeout'], { id, text, grade: isLower ? 'dangerous' : 'safe' }));
  }
  return changes;
}

function change(
  path: readonly string[],
  { id, text, grade, addsSurface = false }: { id: string; text: string; grade: Grade; addsSurface?: boolean },
): Change {
  const place = { pointer: pointerTo('', ...path), at: 'key' } as const;
  return makeChange(projectOwner, {
    id,
    area: 'project',
    subject: path.join('.'),
    text,
    grade,
    addsSurface,
    old: place,
    new: place,
  });
}
