// The files to deploy with: they parse, hold to what a hardened service needs, agree with each other and with `serve`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { parseDuration } from '../../src/duration.ts';
import { sampleProject } from '../cli/sample-project.ts';
import { runCli } from '../cli/run-cli.ts';
import { startCli } from '../cli/start-cli.ts';

const folder = resolve(import.meta.dirname, '../../examples/deploy');
const manifests = join(folder, 'kubernetes');
const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

type Manifest = Record<string, unknown>;

function manifest(kind: string): Manifest {
  const found = readdirSync(manifests)
    .flatMap((name) => parseAllDocuments(read(`kubernetes/${name}`)))
    .map((document) => {
      expect(document.errors).toEqual([]);
      return document.toJS() as Manifest;
    })
    .filter((each) => each['kind'] === kind);
  expect(found.length, kind).toBe(1);
  return found[0] ?? {};
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (inner as Manifest | undefined)?.[key], value);
}

/** The instructions of the Dockerfile, continued lines joined. */
const instructions = read('Dockerfile')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => /^(?<name>[A-Z]+) (?<rest>.*)$/.exec(line)?.groups as { name: string; rest: string });
const instruction = (name: string): string => instructions.findLast((each) => each.name === name)?.rest ?? '';
const unit = new Map(
  read('capstan.service')
    .split('\n')
    .filter((line) => /^[A-Z]\w+=/.test(line))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
);
const container = at(manifest('Deployment'), 'spec.template.spec.containers.0');
const imageArguments = JSON.parse(instruction('CMD')) as string[];
const podArguments = at(container, 'args') as string[];
const unitArguments = (unit.get('ExecStart') ?? '').split(' ').slice(3);

test('the image: pinned, no root, node is the first process, and says how it is', () => {
  const known = [
    'FROM',
    'WORKDIR',
    'COPY',
    'RUN',
    'ENV',
    'USER',
    'EXPOSE',
    'STOPSIGNAL',
    'HEALTHCHECK',
    'ENTRYPOINT',
    'CMD',
  ];
  expect(instructions.filter((each) => !known.includes(each.name))).toEqual([]);
  for (const { name, rest } of instructions)
    if (name === 'FROM') expect(rest).toMatch(/^node:24\.\d+\.\d+-[\w-]+(?: AS \w+)?$/);
  expect(Number(instruction('USER').split(':')[0])).toBeGreaterThan(1_000);
  expect(JSON.parse(instruction('ENTRYPOINT'))).toEqual([
    'node',
    'node_modules/capstan/src/cli/bin.mjs',
    'serve',
  ]);
  expect(instruction('STOPSIGNAL')).toBe('SIGTERM');
  expect(instruction('HEALTHCHECK')).toContain('/health/ready');
  const afterUser = instructions.slice(instructions.findLastIndex(({ name }) => name === 'USER'));
  expect(afterUser.some(({ name }) => name === 'RUN' || name === 'COPY')).toBe(false);
  expect(read('Dockerfile')).not.toMatch(/_KEY=|_TOKEN=|sk-/);
});

test('the pod: no root, nothing writable but its state, probes, no rights', () => {
  const spec = at(manifest('Deployment'), 'spec.template.spec');
  expect(at(spec, 'securityContext')).toMatchObject({
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  expect(at(spec, 'automountServiceAccountToken')).toBe(false);
  expect(at(container, 'securityContext')).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  expect(at(container, 'readinessProbe.httpGet.path')).toBe('/health/ready');
  expect(at(container, 'livenessProbe.httpGet.path')).toBe('/health/live');
  expect(at(container, 'startupProbe.httpGet.path')).toBe('/health/live');
  expect(at(container, 'resources.limits.memory')).toMatch(/^\d+Gi$/);
  expect(at(container, 'image')).not.toMatch(/:latest$|^[^:]+$/);
  expect(String(at(spec, 'securityContext.runAsUser'))).toBe(instruction('USER').split(':')[0]);
});

test('selectors, ports and the list of files agree', () => {
  const labels = at(manifest('Deployment'), 'spec.template.metadata.labels');
  expect(at(manifest('Deployment'), 'spec.selector.matchLabels')).toEqual(labels);
  expect(at(manifest('Service'), 'spec.selector')).toEqual(labels);
  expect(at(manifest('PodDisruptionBudget'), 'spec.selector.matchLabels')).toEqual(labels);
  expect(at(manifest('NetworkPolicy'), 'spec.podSelector.matchLabels')).toEqual(labels);
  expect(at(manifest('Service'), 'spec.ports.0.targetPort')).toBe(at(container, 'ports.0.name'));
  expect(String(at(container, 'ports.0.containerPort'))).toBe(instruction('EXPOSE'));
  const others = readdirSync(manifests).filter((name) => name !== 'kustomization.yaml');
  expect((at(manifest('Kustomization'), 'resources') as string[]).toSorted()).toEqual(others.toSorted());
});

test('whoever stops it waits longer than it takes', () => {
  const graceOf = (words: readonly string[]): number =>
    parseDuration(words[words.indexOf('--grace') + 1] ?? '');
  const pause = Number(at(container, 'lifecycle.preStop.sleep.seconds')) * 1_000;
  const killedAfter =
    Number(at(manifest('Deployment'), 'spec.template.spec.terminationGracePeriodSeconds')) * 1_000;
  expect(killedAfter).toBeGreaterThan(pause + graceOf(podArguments) + 2_000);
  expect(parseDuration(unit.get('TimeoutStopSec') ?? '')).toBeGreaterThan(graceOf(unitArguments) + 2_000);
  expect(podArguments).toEqual(imageArguments);
});

test.each([
  ['image', imageArguments],
  ['unit', unitArguments],
])('the arguments of the %s start a server', async (_name, words) => {
  const project = sampleProject();
  const snapshot = words[words.indexOf('--snapshot') + 1] ?? '';
  await runCli(['build', '--out', snapshot], { in: project.root });
  const here = words.map((word, index) => {
    const option = words[index - 1];
    if (option === '--port') return '0';
    if (option === '--host') return '127.0.0.1';
    return option === '--usage' ? project.path('usage.sqlite') : word;
  });
  await using serve = startCli(['serve', ...here, '--insecure-no-auth'], project.root);
  expect((await fetch(`${await serve.url()}/health/ready`)).status).toBe(200);
  expect(await serve.stop()).toMatchObject({ code: 0 });
  expect(existsSync(project.path('usage.sqlite'))).toBe(true);
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

test('the unit: no root, nothing writable but its state', () => {
  expect(Object.fromEntries(unit)).toMatchObject({
    DynamicUser: 'yes',
    ProtectSystem: 'strict',
    NoNewPrivileges: 'yes',
    StateDirectory: 'capstan',
    CapabilityBoundingSet: '',
    KillSignal: 'SIGTERM',
  });
});

test.skipIf(!hasSystemd)('systemd accepts the unit, and finds it little exposed', () => {
  const place = mkdtempSync(join(tmpdir(), 'capstan-unit-'));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  const file = join(place, 'capstan.service');
  writeFileSync(file, read('capstan.service').replace('/usr/bin/node', process.execPath));
  const verify = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' });
  expect({ status: verify.status, stderr: verify.stderr }).toEqual({ status: 0, stderr: '' });
  const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', file], { encoding: 'utf8' });
  const exposure = Number(/exposure level for \S+: (?<level>[\d.]+)/.exec(stdout)?.groups?.['level']);
  expect(exposure).toBeLessThan(2.5);
});

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

test.skipIf(!hasKubectl)('kubectl puts the manifests together', () => {
  const { status, stdout } = spawnSync('kubectl', ['kustomize', manifests], { encoding: 'utf8' });
  expect(status).toBe(0);
  const kinds = parseAllDocuments(stdout).map((document) => (document.toJS() as Manifest)['kind']);
  expect(kinds.length).toBe(5);
  expect(stdout.match(/namespace: capstan$/gm)?.length).toBe(4);
});
