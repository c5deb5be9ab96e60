// The answer to a path or a method that leads nowhere: what is served there, or the nearest path that is.
import type { FastifyRequest } from 'fastify';
import { suggest } from '../diagnostics/suggest.ts';
import { CapabilityError } from '../errors.ts';
import { quoted } from './quoted.ts';
import { loggedPath } from './server-log.ts';
import type { Endpoint } from './service.ts';

/** The methods that are served at the request's path; empty when nothing is. */
export function methodsAt(endpoints: readonly Endpoint[], request: FastifyRequest): readonly string[] {
  const path = loggedPath(request.url);
  const serving = endpoints.filter((endpoint) => patternOf(endpoint).test(path));
  const own = serving.filter(({ relays }) => relays !== true);
  return (own.length > 0 || isOwnRoom(path) ? own : serving).map(({ method }) => method);
}

export function noSuchRoute(endpoints: readonly Endpoint[], request: FastifyRequest): CapabilityError {
  const path = loggedPath(request.url);
  const methods = methodsAt(endpoints, request);
  if (methods.length > 0) {
    const message = `${quoted(path)} answers ${methods.join(' and ')}, not ${request.method}.`;
    return new CapabilityError('request_invalid', message, { status: 405 });
  }
  const own = endpoints.filter(({ relays }) => relays !== true);
  const [near] = suggest(path, own.map((endpoint) => endpoint.path)); // prettier-ignore
  const hint = hintOf(path, near);
  return new CapabilityError('not_found', `Nothing is served at ${quoted(path)}.${hint}`);
}

function hintOf(path: string, near: string | undefined): string {
  if (path.startsWith('/v1/v1/') && isOwnRoom(path))
    return ' The address of the server has "/v1" and the client adds it once more.';
  return near === undefined ? '' : ` Did you mean ${near}?`;
}

/** Paths that are ours alone, also where they are misspelt: no provider has capabilities, nor `/v1` once more before them. */
const OWN_ROOMS = /^\/v1\/(?:v1\/)?capabilit/;

export function isOwnRoom(path: string): boolean {
  return OWN_ROOMS.test(path);
}

function patternOf({ path }: Endpoint): RegExp {
  return new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+').replace('*', '.+')}$`);
}
