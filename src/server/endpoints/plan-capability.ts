// POST /v1/capabilities/{ref}/route: the route that this input would take, with everything against every other model in words.
// Nothing is called, and nothing is spent.
import { CapabilityError } from '../../errors.ts';
import { routeOf } from '../../runtime/route-of.ts';
import { admissionOf } from '../admit.ts';
import { findCapability } from '../find-capability.ts';
import { refuseUnknownFields } from '../known-fields.ts';
import { chunksOf, readJsonObject } from '../read-json.ts';
import { replyJson } from '../reply.ts';
import type { Endpoint } from '../service.ts';

/** Suppositions in one call. */
const SUPPOSITIONS_MAX = 20;

export const planCapability: Endpoint = {
  method: 'POST',
  path: '/v1/capabilities/:ref/route',
  answer({ runtime, limits }, request, reply) {
    const { snapshot } = admissionOf(request);
    const { ref } = request.params as { ref: string };
    const capability = findCapability(snapshot, ref);
    const body = readJsonObject(chunksOf(request), limits.jsonDepth);
    refuseUnknownFields(body, ['input', 'tier', 'whatIf']);
    if (!Object.hasOwn(body, 'input'))
      throw new CapabilityError('request_invalid', 'The body has no "input".', { param: 'input' });
    const explained = routeOf(runtime, {
      snapshot,
      capability,
      input: body['input'],
      tier: readTier(body['tier']),
      whatIf: readWhatIf(body['whatIf']),
    });
    replyJson(request, reply, 200, explained, { 'x-capstan-revision': snapshot.revision });
  },
};

function readTier(tier: unknown): string | undefined {
  if (tier === undefined || typeof tier === 'string') return tier;
  throw new CapabilityError('request_invalid', '"tier" must be the name of a tier.', { param: 'tier' });
}

function readWhatIf(whatIf: unknown): readonly string[] {
  if (whatIf === undefined) return [];
  const list: unknown[] = Array.isArray(whatIf) ? whatIf : [whatIf];
  if (list.length <= SUPPOSITIONS_MAX && list.every((each) => typeof each === 'string')) return list;
  throw new CapabilityError('request_invalid', '"whatIf" must be a list of at most 20 texts NAME=VALUE.', {
    param: 'whatIf',
  });
}
