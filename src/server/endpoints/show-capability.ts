// GET /v1/capabilities/{ref}: one contract. The prompt is not part of it.
import type { Capability } from '../../registry/snapshot.ts';
import { admissionOf } from '../admit.ts';
import { findCapability } from '../find-capability.ts';
import { replyJson } from '../reply.ts';
import type { Endpoint } from '../service.ts';
import { summaryOf } from './list-capabilities.ts';

export const showCapability: Endpoint = {
  method: 'GET',
  path: '/v1/capabilities/:ref',
  answer(_service, request, reply) {
    const { snapshot } = admissionOf(request);
    const { ref } = request.params as { ref: string };
    replyJson(request, reply, 200, contractOf(findCapability(snapshot, ref)), {
      'x-capstan-revision': snapshot.revision,
    });
  },
};

function contractOf(capability: Capability): Record<string, unknown> {
  const { input, output, outputKind, textProperty, examples, policies } = capability;
  return {
    ...summaryOf(capability),
    input,
    output,
    outputKind,
    ...(textProperty === undefined ? {} : { textProperty }),
    examples,
    timeoutMs: policies.timeoutMs,
  };
}
