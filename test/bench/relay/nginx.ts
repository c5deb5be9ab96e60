// nginx as a gateway that adds a key, where it is on the PATH: the least that any proxy could cost. It is no dependency.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import {
  canRun,
  endProgram,
  GATEWAY_CORE,
  hasProc,
  pin,
  startProgram,
  temporaryFolder,
  usedBy,
} from './processes.ts';
import type { Started } from './processes.ts';
import { KEY } from './provider.ts';

export const hasNginx = hasProc && canRun('nginx', ['-v']);

export async function startNginx(upstream: string): Promise<Started> {
  const folder = temporaryFolder('nginx');
  const port = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port, new URL(upstream).host));
  const words = ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')];
  // It says so when it listens already.
  const { process: child, pid } = await startProgram('nginx', words, /using the "\w+" event method/);
  pin(pid, GATEWAY_CORE);
  return {
    url: `http://127.0.0.1:${port}`,
    used: async () => usedBy([pid]),
    stop: () => endProgram(child),
  };
}

/** One process, connections that stay, a large body kept in memory, and events passed on as they come. */
function configuration(folder: string, port: number, provider: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr notice;
events { worker_connections 1024; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  client_body_buffer_size 256k;
  client_max_body_size 1m;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  upstream provider {
    server ${provider};
    keepalive 512;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://provider;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Authorization "Bearer ${KEY}";
      proxy_buffering off;
    }
  }
}
`;
}
