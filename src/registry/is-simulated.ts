// Which models are the simulator's. It makes its answers from the contract, so how often they pass says nothing of anybody.

import type { Snapshot } from './snapshot.ts';

/** The adapter that answers inside the process. */
export const SIMULATOR = 'simulator';

/** Whether the provider of `PROVIDER/MODEL` is a simulator, under whatever name; the model itself need not exist. */
export function isSimulated(providers: Snapshot['providers'], model: string): boolean {
  const provider = model.slice(0, model.indexOf('/'));
  return Object.hasOwn(providers, provider) && providers[provider]?.adapter === SIMULATOR;
}
