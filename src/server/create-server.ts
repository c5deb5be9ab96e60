// HTTP over a Runtime. Fastify routes, reads bodies as bytes and holds the limits; nothing here knows a provider.
import { fastify } from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Runtime } from '../runtime/runtime.ts';
import { answerBrokenRequest } from './answer-broken-request.ts';
import { admit, watchAnswer } from './admit.ts';
import { closesWith } from './close-gracefully.ts';
import { capabilityQuality } from './endpoints/capability-quality.ts';
import { chatCompletions } from './endpoints/chat-completions.ts';
import { healthLive, healthReady } from './endpoints/health.ts';
import { invokeCapability } from './endpoints/invoke-capability.ts';
import { judgeInvocation } from './endpoints/judge-invocation.ts';
import { listCapabilities } from './endpoints/list-capabilities.ts';
import { modelsHealth } from './endpoints/models-health.ts';
import { listModels, showModel } from './endpoints/models.ts';
import { mcp } from './endpoints/mcp.ts';
import { planCapability } from './endpoints/plan-capability.ts';
import { openApi } from './endpoints/open-api.ts';
import { relayedDelete, relayedGet, relayedPost } from './endpoints/relayed-routes.ts';
import { responses } from './endpoints/responses.ts';
import { showCapability } from './endpoints/show-capability.ts';
import { defaultServerLimits } from './limits.ts';
import type { ServerLimits } from './limits.ts';
import { closeMcp } from './mcp-door.ts';
import { methodsAt, noSuchRoute } from './no-such-route.ts';
import { noteFailure } from './note-failure.ts';
import { replyError } from './reply.ts';
import { requestIdOf } from './request-id.ts';
import { printApi } from './print-api.ts';
import { readChunks } from './read-chunks.ts';
import { silentLog } from './server-log.ts';
import type { ServerLog } from './server-log.ts';
import type { Endpoint, Service } from './service.ts';
import { createTraffic } from './traffic.ts';

/** Every endpoint there is. */
const endpoints: readonly Endpoint[] = [
  invokeCapability,
  listCapabilities,
  showCapability,
  planCapability,
  capabilityQuality,
  judgeInvocation,
  listModels,
  showModel,
  modelsHealth,
  chatCompletions,
  responses,
  openApi,
  mcp,
  relayedGet,
  relayedPost,
  relayedDelete,
  healthLive,
  healthReady,
];

export interface ServerOptions {
  readonly runtime: Runtime;
  /** `keys`: callers authenticate with a key of the Snapshot. `open`: everybody who reaches the loopback interface. */
  readonly access: 'keys' | 'open';
  readonly logger?: ServerLog;
  readonly limits?: Partial<ServerLimits>;
}

/** Makes the server; `listen` starts it, and `closeGracefully` (close-gracefully.ts) ends it. */
export function createServer(options: ServerOptions): FastifyInstance {
  const service: Service = {
    runtime: options.runtime,
    access: options.access,
    limits: { ...defaultServerLimits, ...options.limits },
    traffic: createTraffic(),
    log: options.logger ?? silentLog,
  };
  const app = createApp(service);
  const { registry } = service.runtime;
  // Made before anybody asks, as everything is that depends on the Snapshot alone.
  printApi(registry.current);
  const forget = registry.onSwap(() => setImmediate(printCurrentApi, service));
  app.addHook('onClose', async () => forget());
  app.addHook('preClose', () => closeMcp(service));
  closesWith(app, service.traffic);
  app.decorate('limits', service.limits);
  app.decorate('traffic', service.traffic);
  app.decorateRequest('admission', null);
  app.decorateRequest('failure', null);
  app.addHook('onRequest', (request, reply, done) => {
    admit(service, request, reply);
    done();
  });
  for (const endpoint of endpoints) if (endpoint.relays !== true) mount(app, service, endpoint);
  void app.register((scope, _options, done) => {
    scope.addContentTypeParser('multipart/form-data', readChunks(service.limits.formBytes));
    for (const endpoint of endpoints) if (endpoint.relays === true) mount(scope, service, endpoint);
    done();
  });
  app.setNotFoundHandler((request, reply) => {
    const methods = methodsAt(endpoints, request);
    if (methods.length > 0) reply.raw.setHeader('allow', methods.join(', '));
    fail(service, request, reply, noSuchRoute(endpoints, request));
  });
  app.setErrorHandler((error, request, reply) => fail(service, request, reply, error));
  return app;
}

/** After a swap, so that a save is live before it; whoever asks sooner has it printed. */
function printCurrentApi({ runtime, log }: Service): void {
  try {
    printApi(runtime.registry.current);
  } catch (error) {
    log.fault(error, 'swap');
  }
}

/** How often is looked for requests that take too long to arrive. */
const ARRIVAL_CHECK_MS = 5_000;

function createApp(service: Service): FastifyInstance {
  const { limits, runtime } = service;
  const app = fastify({
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestArrivalMs,
    keepAliveTimeout: limits.keepAliveMs,
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headArrivalMs,
      connectionsCheckingInterval: Math.min(ARRIVAL_CHECK_MS, limits.headArrivalMs),
    },
    genReqId: (request) => requestIdOf(request, () => runtime.newId()),
    return503OnClosing: false,
    // Long references are answered as what they are: names that nobody has.
    routerOptions: { maxParamLength: limits.headerBytes },
    frameworkErrors: (error, request, reply) => {
      // A path that is no URL is refused before there are hooks, and before a request has its fields.
      Object.assign(request, { admission: null, failure: null });
      watchAnswer(service, request, reply);
      fail(service, request, reply, error);
    },
    clientErrorHandler: answerBrokenRequest,
  });
  app.server.maxConnections = limits.connections;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', readChunks(limits.bodyBytes));
  // Routes carry no schemas: inputs are validated by the runtime, in the dialect of their contract.
  app.setValidatorCompiler(refuseSchema);
  app.setSerializerCompiler(refuseSchema);
  return app;
}

function refuseSchema(): never {
  throw new Error('Capstan has a bug: a route was given a schema of the HTTP framework');
}

function mount(app: FastifyInstance, service: Service, endpoint: Endpoint): void {
  app.route({
    method: endpoint.method,
    url: endpoint.path,
    config: { unguarded: endpoint.unguarded === true },
    handler: (request, reply) => answer(service, endpoint, request, reply),
  });
}

/** The boundary: whatever an endpoint throws becomes an answer here. */
function answer(service: Service, endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply): void {
  try {
    const answered = endpoint.answer(service, request, reply);
    answered?.catch((error: unknown) => fail(service, request, reply, error));
  } catch (error) {
    fail(service, request, reply, error);
  }
}

function fail(service: Service, request: FastifyRequest, reply: FastifyReply, error: unknown): void {
  noteFailure(service, request, error);
  replyError(request, reply, error);
}
