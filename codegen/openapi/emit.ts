// The OpenAPI target: one JSON file, which `out` names.

import type { Snapshot } from '../../src/registry/snapshot.ts';
import type { GeneratedFile, Target } from '../target.ts';
import { describeApi } from './describe-api.ts';

export const openapiTarget: Target = {
  name: 'openapi',
  out: 'generated/openapi.json',
  emit: (snapshot) => Promise.resolve(emitOpenApi(snapshot)),
};

function emitOpenApi(snapshot: Snapshot): readonly GeneratedFile[] {
  // JSON has no comments: the sentence that marks a generated file is its first member, on the first line.
  const text = JSON.stringify(describeApi(snapshot), null, 2).replace(/^\{\n {2}/, '{ ');
  return [{ path: '', text: `${text}\n` }];
}
