// A body with a field that nobody reads is a mistake of its sender, and is told so.
import { suggest } from '../diagnostics/suggest.ts';
import { CapabilityError } from '../errors.ts';
import { quoted } from './quoted.ts';

export function refuseUnknownFields(body: Record<string, unknown>, known: readonly string[]): void {
  for (const field of Object.keys(body)) {
    if (known.includes(field)) continue;
    const [near] = suggest(field, known);
    const hint =
      near === undefined ? `The body's fields are ${known.join(', ')}.` : `Did you mean "${near}"?`;
    throw new CapabilityError('request_invalid', `The body has no field ${quoted(field)}. ${hint}`, {
      param: field.slice(0, 80),
    });
  }
}
