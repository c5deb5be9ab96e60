// Portkey's gateway, wherever it is installed.
import { pathToFileURL } from 'node:url';
import { freePort } from './free-port.ts';

/** `entry` is its start script. */
export async function serve(entry: string): Promise<string> {
  const port = await freePort();
  process.argv = [process.argv[0] ?? '', entry, `--port=${port}`, '--headless'];
  await import(pathToFileURL(entry).href);
  return `http://127.0.0.1:${port}`;
}
