// POST /mcp: every capability as a tool of the Model Context Protocol (streamable HTTP). Admission is that of all endpoints.
import { admissionOf } from '../admit.ts';
import { mcpDoorOf } from '../mcp-door.ts';
import { noteFailure } from '../note-failure.ts';
import { chunksOf, readJsonObject } from '../read-json.ts';
import type { Endpoint } from '../service.ts';

export const mcp: Endpoint = {
  method: 'POST',
  path: '/mcp',
  async answer(service, request, reply) {
    const admission = admissionOf(request);
    const { snapshot, caller, signal } = admission;
    const body = readJsonObject(chunksOf(request), service.limits.jsonDepth);
    const door = await mcpDoorOf(service);
    reply.hijack();
    reply.raw.setHeader('x-request-id', request.id);
    reply.raw.setHeader('x-capstan-revision', snapshot.revision);
    await door.answer(request.raw, reply.raw, body, {
      ...{ snapshot, caller, signal, requestId: request.id },
      onInvocation: (id) => (admission.invocation = id),
      onFailure: (error) => noteFailure(service, request, error),
    });
  },
};
