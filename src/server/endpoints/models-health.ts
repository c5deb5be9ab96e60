// GET /v1/models/{id}/health, and GET /v1/health/models for all at once: how models are doing at present, as routing sees it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Model, Snapshot } from '../../registry/snapshot.ts';
import type { HealthReport } from '../../runtime/health.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { admissionOf } from '../admit.ts';
import { replyJson } from '../reply.ts';
import type { Endpoint, Service } from '../service.ts';

export const modelsHealth: Endpoint = {
  method: 'GET',
  path: '/v1/health/models',
  answer({ runtime }, request, reply) {
    const { snapshot } = admissionOf(request);
    const models = Object.values(snapshot.models).map((model) => healthOf(runtime, snapshot, model));
    replyJson(request, reply, 200, { at: runtime.now(), models }, revisionOf(snapshot));
  },
};

/** One model, with the same model at other providers beside it: routes that could take its place. */
export function replyModelHealth(
  { runtime }: Service,
  model: Model,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { snapshot } = admissionOf(request);
  const identity = identityOf(model);
  const elsewhere = Object.values(snapshot.models).filter(
    (other) => other.id !== model.id && identityOf(other) === identity,
  );
  const body = {
    at: runtime.now(),
    ...healthOf(runtime, snapshot, model),
    elsewhere: elsewhere.map((other) => healthOf(runtime, snapshot, other)),
  };
  replyJson(request, reply, 200, body, revisionOf(snapshot));
}

interface ModelHealth extends Partial<HealthReport> {
  readonly model: string;
  readonly provider: string;
  readonly identity: string;
  /** False when its provider cannot be called, for instance because its key is not set. */
  readonly available: boolean;
}

function healthOf({ health, transport }: Runtime, { providers }: Snapshot, model: Model): ModelHealth {
  const provider = providers[model.provider];
  const named = { model: model.id, provider: model.provider, identity: identityOf(model) };
  if (provider === undefined) return { ...named, available: false };
  return { ...named, available: transport.available(provider), ...health.report({ model, provider }) };
}

function identityOf({ identity, name }: Model): string {
  return identity ?? name;
}

function revisionOf({ revision }: Snapshot): Record<string, string> {
  return { 'x-capstan-revision': revision };
}
