// POST /v1/invocations/{id}/feedback: who asked says how good the answer was. It moves what is thought of the model at that
// capability, within bounds, until its next revision.
import { CapabilityError } from '../../errors.ts';
import { admissionOf } from '../admit.ts';
import { refuseUnknownFields } from '../known-fields.ts';
import { chunksOf, readJsonObject } from '../read-json.ts';
import { replyJson } from '../reply.ts';
import type { Endpoint } from '../service.ts';

export const judgeInvocation: Endpoint = {
  method: 'POST',
  path: '/v1/invocations/:id/feedback',
  answer({ runtime, limits }, request, reply) {
    const { caller } = admissionOf(request);
    const { id } = request.params as { id: string };
    const body = readJsonObject(chunksOf(request), limits.jsonDepth);
    refuseUnknownFields(body, ['score']);
    const judged = runtime.judged.judge(id, caller.name, readScore(body['score']));
    if (judged === undefined) {
      const message =
        'No answer of yours has this invocation id. Only recent answers of capabilities can be judged, by the key that asked.';
      throw new CapabilityError('not_found', message, { param: 'id' });
    }
    const { capability, model } = judged;
    replyJson(request, reply, 200, {
      invocation: id,
      capability: capability.key,
      revision: capability.revision,
      model: model.id,
    });
  },
};

function readScore(score: unknown): number {
  if (typeof score === 'number' && score >= 0 && score <= 1) return score;
  const message = '"score" must be a number from 0 (useless) to 1 (as wanted).';
  throw new CapabilityError('request_invalid', message, { param: 'score' });
}
