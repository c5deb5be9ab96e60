// A capability, compiled: everything that does not depend on the request is made when a Snapshot goes live.

import type { Capability, JsonSchema, PromptRole, Snapshot } from '../registry/snapshot.ts';
import { alwaysAvailable } from '../routing/health-view.ts';
import { requirementsOf } from '../routing/requirements.ts';
import { sheetOf } from '../routing/sheet.ts';
import { compileValidator } from '../schema/compile-validator.ts';
import type { Validator } from '../schema/compile-validator.ts';
import { toContractForm, toStrictForm } from '../schema/strict-form.ts';
import type { OutputForm } from '../schema/strict-form.ts';
import { compileTemplate } from '../template/evaluate.ts';
import type { CompiledTemplate } from '../template/evaluate.ts';

export interface Prepared {
  readonly capability: Capability;
  readonly input: Validator;
  readonly output: Validator;
  /** What a provider is asked to keep to; absent for plain text. */
  readonly forms?: OutputForms;
  readonly prompt: readonly PreparedPart[];
}

export interface OutputForms {
  readonly contract: OutputForm;
  /** Absent when no strict mode can enforce the contract. */
  readonly strict?: OutputForm;
}

export type PreparedPart =
  | { readonly kind: 'message'; readonly role: PromptRole; readonly template: CompiledTemplate }
  | { readonly kind: 'slot' };

/** An entry goes with its capability; the registry keeps the object of a capability that did not change. */
const known = new WeakMap<Capability, Prepared>();

/** The compiled form of a capability. Throws only on a Snapshot that the compiler would not have made. */
export function prepare(capability: Capability): Prepared {
  const ready = known.get(capability);
  if (ready !== undefined) return ready;
  const prepared: Prepared = {
    capability,
    input: compileValidator(capability.input),
    output: compileValidator(capability.output),
    ...(capability.outputKind === 'json' ? { forms: formsOf(capability.output) } : {}),
    prompt: capability.prompt.map((part) =>
      part.kind === 'slot'
        ? { kind: 'slot' }
        : {
            kind: 'message',
            role: part.role,
            template: compileTemplate(part.template, capability.partials, capability.input),
          },
    ),
  };
  known.set(capability, prepared);
  return prepared;
}

function formsOf(output: JsonSchema): OutputForms {
  const strict = toStrictForm(output);
  return { contract: toContractForm(output), ...(strict === undefined ? {} : { strict }) };
}

/** Prepares all capabilities; for `createRegistry`, so that no request waits for a compilation. */
export function prepareSnapshot(snapshot: Snapshot): void {
  const capabilities = Object.values(snapshot.capabilities);
  for (const capability of capabilities) prepare(capability);
  // With very many of both, a reload would wait for what few calls will ask for: the first call of each makes its own.
  if (capabilities.length * Object.keys(snapshot.models).length > SHEETS_AT_ONCE) return;
  for (const capability of capabilities) prepareRoutes(snapshot, capability);
}

/** Capabilities times models whose sheets are made before a Snapshot serves: some tens of milliseconds. */
const SHEETS_AT_ONCE = 50_000;

/** What can be decided of a capability's routes before calls come. */
function prepareRoutes(snapshot: Snapshot, capability: Capability): void {
  for (const tier of Object.keys(capability.tiers.offer)) {
    sheetOf(snapshot, requirementsOf(snapshot, capability, tier, { inputTokens: 0 }), alwaysAvailable);
  }
}
