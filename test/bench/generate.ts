// How long `capstan generate` takes for 1, 100 and 500 capabilities, as a user runs it (a new process: read, compile,
// generate, write) and the generator alone, and how both grow. Run: npm run bench:generate
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { generate } from '../../codegen/index.ts';
import { compileSources } from '../../src/cli/compile-sources.ts';
import type { Snapshot } from '../../src/registry/snapshot.ts';
import { readSources } from '../../src/workspace/read-sources.ts';

const SIZES = [1, 100, 500];
const COMMAND_RUNS = 5;
const GENERATOR_RUNS = 9;

const repository = resolve(import.meta.dirname, '../..');

interface Row {
  readonly size: number;
  readonly commandMs: number;
  readonly generatorMs: number;
  readonly lines: number;
}

const rows: Row[] = [];
for (const size of SIZES) rows.push(await measure(size));
report(rows);

async function measure(size: number): Promise<Row> {
  const root = mkdtempSync(join(tmpdir(), 'capstan-bench-'));
  try {
    writeProject(root, size);
    const commandMs = best(Array.from({ length: COMMAND_RUNS }, () => runCommand(root)));
    const { snapshot } = compileSources(await readSources(root));
    if (snapshot === undefined) throw new Error('the bench project does not compile');
    const times: number[] = [];
    let lines = 0;
    for (let run = 0; run < GENERATOR_RUNS; run += 1) {
      const startedAt = performance.now();
      lines = await countLines(snapshot);
      times.push(performance.now() - startedAt);
    }
    return { size, commandMs, generatorMs: best(times), lines };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function runCommand(root: string): number {
  rmSync(join(root, 'generated'), { recursive: true, force: true });
  const startedAt = performance.now();
  const main = join(repository, 'src/cli/main.ts');
  const { status, stderr } = spawnSync(process.execPath, [main, 'generate', '--project', root], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`capstan generate ended with ${status}: ${stderr}`);
  return performance.now() - startedAt;
}

async function countLines(snapshot: Snapshot): Promise<number> {
  const [file] = await generate(snapshot, { target: 'typescript' });
  return file?.text.split('\n').length ?? 0;
}

function writeProject(root: string, size: number): void {
  for (const folder of ['capabilities', 'schemas']) mkdirSync(join(root, folder));
  writeFileSync(
    join(root, 'capstan.yaml'),
    `apiVersion: capstan/v1
kind: Project
metadata: { name: bench }
owners: [team-bench]
providers:
  simulator: { adapter: simulator, regions: [local], dataClass: restricted }
tiers:
  standard: { tolerance: 1, prefer: [quality] }
defaults: { tier: standard, timeout: 10s }
generate:
  - { target: typescript, out: generated }
`,
  );
  writeFileSync(
    join(root, 'schemas/common.schema.yaml'),
    `$defs:
  Money:
    type: object
    description: An amount.
    required: [amount, currency]
    properties:
      amount: { type: number, description: In units. }
      currency: { type: string, description: ISO 4217., enum: [EUR, GBP, USD] }
`,
  );
  for (let index = 0; index < size; index += 1) {
    writeFileSync(join(root, 'capabilities', `sample-${index}.cap.yaml`), capabilityText(index));
  }
}

/** No two are alike: nothing that remembers what it has printed gets an unfair chance. */
function capabilityText(index: number): string {
  return `apiVersion: capstan/v1
kind: Capability
metadata:
  name: sample-${index}
  version: 1.0.0
  owner: team-bench
  description: Sample ${index} of many.
input:
  type: object
  required: [document]
  properties:
    document: { type: string, description: Text ${index}., minLength: 1, maxLength: 20000 }
    language: { type: string, description: Of the answer., enum: [en, de, fr], default: en }
    labels: { type: object, description: Any labels., additionalProperties: { type: string, maxLength: 80 } }
output:
  type: object
  required: [summary, findings, total]
  properties:
    summary: { type: string, description: What it says. }
    total: { anyOf: [{ $ref: "schema:common#/$defs/Money" }, { type: "null" }], description: "Sum ${index}, or null." }
    findings:
      type: array
      description: The findings.
      items:
        anyOf:
          - type: object
            required: [kind, text]
            properties: { kind: { const: fact }, text: { type: string, description: The fact ${index}. } }
          - type: object
            required: [kind, price]
            properties: { kind: { const: price }, price: { $ref: "schema:common#/$defs/Money" } }
prompt:
  - role: system
    content: |
      You read documents and answer in {{language}}.
  - role: user
    content: |
      {{#each labels as |label|}}{{fence label tag="label"}}{{/each}}
      {{fence document tag="document"}}
`;
}

/** The fastest run: what else a machine does only ever adds. */
function best(values: readonly number[]): number {
  return Math.min(...values);
}

/** 1 is linear: five times the capabilities, five times the time. */
function exponent(small: number, large: number, factor: number): string {
  return (Math.log(large / small) / Math.log(factor)).toFixed(2);
}

function report(measured: readonly Row[]): void {
  const [, middle, last] = measured;
  const lines = measured.map(
    ({ size, commandMs, generatorMs, lines: count }) =>
      `${String(size).padStart(5)} capabilities   command ${commandMs.toFixed(0).padStart(5)} ms   ` +
      `generator ${generatorMs.toFixed(1).padStart(7)} ms   ${count} lines\n`,
  );
  process.stdout.write(
    `capstan generate: the best of ${COMMAND_RUNS} commands, of ${GENERATOR_RUNS} generations in one process\n` +
      `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}\n${lines.join('')}`,
  );
  if (middle === undefined || last === undefined) return;
  const factor = last.size / middle.size;
  process.stdout.write(
    `exponent from ${middle.size} to ${last.size}: command ${exponent(middle.commandMs, last.commandMs, factor)}, ` +
      `generator ${exponent(middle.generatorMs, last.generatorMs, factor)}\n`,
  );
}
