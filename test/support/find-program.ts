// Programs that the machine may have: a test that needs one says so when it is skipped, and CI never skips.
import { spawnSync } from 'node:child_process';

/** Whether `command` runs and its version is what is needed; in CI a missing one is an error. */
export function hasProgram(command: string, args: readonly string[], wanted: RegExp): boolean {
  const { stdout, stderr, status } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0 && wanted.test(`${stdout}${stderr}`)) return true;
  const said = `${stdout ?? ''}${stderr ?? ''}`.trim() || 'it is not installed';
  const problem = `${command} is needed here (${String(wanted)}): ${said}`;
  if (process.env['CI'] !== undefined && process.env['CI'] !== '') throw new Error(problem);
  process.stderr.write(`skipped: ${problem}\n`);
  return false;
}
