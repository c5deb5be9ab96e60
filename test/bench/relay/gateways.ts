// The processes that are measured, one role each: the least that a proxy in Node can do, Capstan, and Portkey's gateway
// where it is installed. Started by processes.ts. Each loads what it needs itself, and nothing of the others: memory is
// measured too.
import type { Used } from './processes.ts';

interface Role {
  /** Answers with the URL; what the argument is, each says. */
  serve(argument: string): Promise<string>;
}

const roles: Readonly<Record<string, () => Promise<Role>>> = {
  proxy: () => import('./role-proxy.ts'),
  capstan: () => import('./role-capstan.ts'),
  portkey: () => import('./role-portkey.ts'),
};

const load = roles[process.argv[2] ?? ''];
if (load !== undefined && process.send !== undefined) {
  const role = await load();
  const url = await role.serve(process.argv[3] ?? '');
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    const used: Used = {
      cpuMicros: user + system,
      rssBytes: process.memoryUsage.rss(),
      peakBytes: process.resourceUsage().maxRSS * 1024,
    };
    process.send?.(used);
  });
  process.on('disconnect', () => process.exit());
  process.send({ url });
}
