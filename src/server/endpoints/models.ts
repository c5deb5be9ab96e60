// GET /v1/models and /v1/models/{id}: every name that `model` may hold, in the OpenAI format. Models of providers that cannot
// be called, for want of a key, are not listed: whoever picks from the list would only get an error.
import type { Provider, Snapshot } from '../../registry/snapshot.ts';
import { parseTarget } from '../../runtime/target.ts';
import { admissionOf } from '../admit.ts';
import { replyJson } from '../reply.ts';
import type { Endpoint } from '../service.ts';
import { replyModelHealth } from './models-health.ts';

interface ListedModel {
  readonly id: string;
  readonly object: 'model';
  /** Required by the format; the Snapshot has no dates. */
  readonly created: 0;
  readonly owned_by: string;
}

export const listModels: Endpoint = {
  method: 'GET',
  path: '/v1/models',
  answer({ runtime }, request, reply) {
    const { snapshot } = admissionOf(request);
    replyJson(
      request,
      reply,
      200,
      { object: 'list', data: modelsOf(snapshot, (provider) => runtime.transport.available(provider)) },
      { 'x-capstan-revision': snapshot.revision },
    );
  },
};

/** A wildcard, because model ids hold slashes. */
export const showModel: Endpoint = {
  method: 'GET',
  path: '/v1/models/*',
  answer(service, request, reply) {
    const { snapshot } = admissionOf(request);
    const { '*': id } = request.params as { '*': string };
    const watched = id.endsWith(HEALTH) ? parseTarget(snapshot, id.slice(0, -HEALTH.length)) : undefined;
    if (watched?.kind === 'model') {
      replyModelHealth(service, watched.model, request, reply);
      return;
    }
    const target = parseTarget(snapshot, id);
    const owner =
      target.kind === 'capability'
        ? target.capability.owner
        : target.kind === 'model'
          ? target.model.provider
          : snapshot.project.name;
    replyJson(request, reply, 200, listed(id, owner), { 'x-capstan-revision': snapshot.revision });
  },
};

/** Behind the id of a model: how it is doing. */
const HEALTH = '/health';

/** Capabilities first: they are what this server is for. */
function modelsOf(snapshot: Snapshot, isAvailable: (provider: Provider) => boolean): ListedModel[] {
  const models = Object.values(snapshot.models).filter(({ provider }) => {
    const declared = snapshot.providers[provider];
    return declared !== undefined && isAvailable(declared);
  });
  const ids = new Set(models.map(({ id }) => id));
  const aliases = Object.entries(snapshot.aliases).filter(([, id]) => ids.has(id));
  const capabilities = Object.values(snapshot.capabilities).flatMap(({ key, name, owner }) =>
    snapshot.latest[name] === key ? [listed(name, owner), listed(key, owner)] : [listed(key, owner)],
  );
  const tiers = ['auto', ...Object.keys(snapshot.tiers).map((tier) => `auto:${tier}`)];
  return [
    ...capabilities,
    ...tiers.map((name) => listed(name, snapshot.project.name)),
    ...aliases.map(([alias, id]) => listed(alias, snapshot.models[id]?.provider ?? id)),
    ...models.map(({ id, provider }) => listed(id, provider)),
  ];
}

function listed(id: string, owner: string): ListedModel {
  return { id, object: 'model', created: 0, owned_by: owner };
}
