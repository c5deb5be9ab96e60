// The answer when constraints leave no model: every rejection, in the words of the compiler.

import { CapabilityError } from '../errors.ts';
import { nearestRejected, printRejection } from '../routing/plan-route.ts';
import type { Route } from '../routing/plan-route.ts';

export function noRoute(route: Route): CapabilityError {
  const nearest = nearestRejected(route);
  const hint =
    nearest === undefined
      ? 'No model is configured.'
      : `Nearest is ${nearest.model}: ${nearest.reasons.map(printRejection).join('; ')}.`;
  return new CapabilityError('no_route', `No model may serve this call. ${hint}`, {
    details: { rejections: route.rejections },
  });
}
