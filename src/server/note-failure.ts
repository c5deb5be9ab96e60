// What went wrong with a request, for whoever runs the server: its code in the log's entry, and a fault of ours whole.
import type { FastifyRequest } from 'fastify';
import type { Service } from './service.ts';
import { isFault, toHttpError } from './to-http-error.ts';

export function noteFailure({ log }: Service, request: FastifyRequest, error: unknown): void {
  request.failure = toHttpError(error).body.error.code;
  if (isFault(error)) log.fault(error, request.id);
}
