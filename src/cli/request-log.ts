// One line for each request, and the trace of each fault of ours: what a person who runs a server wants to see.

import { openCaller } from '../governance/caller.ts';
import type { RequestEntry, ServerLog } from '../server/server-log.ts';
import { styled } from './terminal.ts';
import type { Terminal } from './terminal.ts';

export function createRequestLog(terminal: Terminal): ServerLog {
  return {
    request(entry) {
      // Load balancers ask every few seconds.
      if (!entry.path.startsWith('/health/')) terminal.printError(`${describeRequest(terminal, entry)}\n`);
    },
    fault(error, requestId) {
      const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
      terminal.printError(`${styled(terminal, 'red', 'fault')} in request ${requestId}: ${trace}\n`);
    },
  };
}

/** "14:03:09 POST /v1/capabilities/summarize 200 12 ms team-docs" */
function describeRequest(terminal: Terminal, entry: RequestEntry): string {
  const time = new Date().toTimeString().slice(0, 8);
  const status = styled(terminal, entry.status < 400 ? 'green' : 'yellow', String(entry.status));
  return [
    time,
    entry.method,
    entry.path,
    entry.abandoned === true ? 'abandoned' : status,
    `${Math.round(entry.durationMs)} ms`,
    ...(entry.caller === undefined || entry.caller === openCaller.name ? [] : [entry.caller]),
  ].join(' ');
}
