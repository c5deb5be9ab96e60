// GET /v1/capabilities/{ref}/quality: what is thought of each model at this task, and on what grounds: the prior, the
// measurements, and what production has taught, that of past revisions included, which no longer counts.
import { qualityOf } from '../../runtime/quality-of.ts';
import { admissionOf } from '../admit.ts';
import { findCapability } from '../find-capability.ts';
import { replyJson } from '../reply.ts';
import type { Endpoint } from '../service.ts';

export const capabilityQuality: Endpoint = {
  method: 'GET',
  path: '/v1/capabilities/:ref/quality',
  answer({ runtime }, request, reply) {
    const { snapshot } = admissionOf(request);
    const { ref } = request.params as { ref: string };
    const report = qualityOf(runtime, snapshot, findCapability(snapshot, ref));
    replyJson(request, reply, 200, report, { 'x-capstan-revision': snapshot.revision });
  },
};
