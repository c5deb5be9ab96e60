// Capabilities by the reference in a path: `NAME` for the highest major, or `NAME@MAJOR`.
import { suggest } from '../diagnostics/suggest.ts';
import { CapabilityError } from '../errors.ts';
import type { Capability, Snapshot } from '../registry/snapshot.ts';
import { capabilityNamed } from '../runtime/target.ts';
import { quoted } from './quoted.ts';

export function findCapability(snapshot: Snapshot, ref: string): Capability {
  const capability = capabilityNamed(snapshot, ref);
  if (capability !== undefined) return capability;
  throw new CapabilityError('not_found', unknownCapability(snapshot, ref), { param: 'ref' });
}

function unknownCapability(snapshot: Snapshot, ref: string): string {
  const [name = ''] = ref.split('@');
  const majors = Object.values(snapshot.capabilities).filter((capability) => capability.name === name);
  if (majors.length > 0) {
    return `${quoted(ref)} is not served; there is ${majors.map(({ key }) => quoted(key)).join(' and ')}.`;
  }
  const [near] = suggest(name, Object.keys(snapshot.latest));
  const hint = near === undefined ? 'GET /v1/capabilities lists them.' : `Did you mean ${quoted(near)}?`;
  return `No capability is named ${quoted(name)}. ${hint}`;
}
