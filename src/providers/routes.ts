// The ways to the providers of a project, made when they are first taken.

import { assert } from '../errors.ts';
import type { Provider } from '../registry/snapshot.ts';
import type { Adapter } from './adapter.ts';
import { createLine } from './http1/line.ts';
import type { Line } from './http1/line.ts';
import type { TransportLimits } from './transport.ts';

/** The way to one provider. Two providers with one base URL have two: limits and failures are their own. */
export interface Route {
  readonly line: Line;
  readonly basePath: string;
  inFlight: number;
}

export interface Routes {
  to(adapter: Adapter, provider: Provider): Route;
  values(): IteratorObject<Route>;
  clear(): void;
}

export function createRoutes(limits: TransportLimits): Routes {
  const routes = new Map<string, Route>();
  /** The provider of a Snapshot is always the same object, so its name need not be made for every call. */
  let found = new WeakMap<Provider, Route>();
  const find = (adapter: Adapter, provider: Provider): Route => {
    const baseUrl = provider.baseUrl ?? adapter.defaultBaseUrl;
    assert(baseUrl !== undefined, `provider "${provider.id}" has no base URL`);
    const name = `${provider.id} ${baseUrl}`;
    const known = routes.get(name);
    if (known !== undefined) return known;
    const origin = new URL(baseUrl);
    const line = createLine({
      origin,
      connectMs: limits.connectMs,
      keepAliveMs: limits.keepAliveMs,
      connectionsMax: limits.callsPerProvider,
    });
    const made = { line, basePath: origin.pathname.replace(/\/+$/, ''), inFlight: 0 };
    routes.set(name, made);
    return made;
  };
  return {
    to(adapter, provider) {
      const known = found.get(provider) ?? find(adapter, provider);
      found.set(provider, known);
      return known;
    },
    values: () => routes.values(),
    clear() {
      routes.clear();
      found = new WeakMap();
    },
  };
}
