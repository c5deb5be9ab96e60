// A project of any size, for benchmarks that start from the disk.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes `size` capabilities, a shared schema and a project that can be generated and served into an empty folder. */
export function writeSampleProject(root: string, size: number): void {
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
