// GET /v1/capabilities: the catalogue, one short entry for each capability and major version.
import type { Capability } from '../../registry/snapshot.ts';
import { admissionOf } from '../admit.ts';
import { replyJson } from '../reply.ts';
import type { Endpoint } from '../service.ts';

export const listCapabilities: Endpoint = {
  method: 'GET',
  path: '/v1/capabilities',
  answer(_service, request, reply) {
    const { snapshot } = admissionOf(request);
    const capabilities = Object.values(snapshot.capabilities).map(summaryOf);
    replyJson(
      request,
      reply,
      200,
      { revision: snapshot.revision, capabilities },
      { 'x-capstan-revision': snapshot.revision },
    );
  },
};

/** What a reader needs to choose one. */
export function summaryOf(capability: Capability): Record<string, unknown> {
  const { key, name, version, title, description, owner, lifecycle, tags, tiers, deprecation } = capability;
  return {
    ref: key,
    name,
    version,
    revision: capability.revision,
    ...(title === undefined ? {} : { title }),
    description,
    owner,
    lifecycle,
    ...(deprecation === undefined ? {} : { deprecation }),
    tags,
    tiers: { default: tiers.default, offer: Object.keys(tiers.offer) },
  };
}
