// Fixes of schemas in every layout that YAML has: comments and neighbours stay, and what has no sure form is left alone.
import { expect, test } from 'vitest';
import { compileSources } from '../../src/cli/compile-sources.ts';
import { applyFixes } from '../../src/diagnostics/apply-fixes.ts';
import type { Source } from '../../src/diagnostics/diagnostic.ts';

const rest =
  'apiVersion: capstan/v1\nkind: Capability\nmetadata: { name: sample, version: 1.0.0, owner: team, description: Shows one thing that is mended. }\noutput: { type: string }\nprompt: [{ role: user, content: "{{json this}}" }]\n';
const project =
  'apiVersion: capstan/v1\nkind: Project\nmetadata: { name: sample }\nproviders: { simulator: { adapter: simulator } }\n';

/** The input after all rounds of safe fixes. */
function mend(input: string): string {
  const tail = input.includes('\r\n') ? rest.replaceAll('\n', '\r\n') : rest;
  let sources: readonly Source[] = [
    { path: 'capabilities/sample.cap.yaml', text: input + tail },
    { path: 'capstan.yaml', text: project },
  ];
  for (let round = 0; round < 10; round += 1) {
    const fixed = applyFixes(sources, compileSources(sources).diagnostics);
    sources = fixed.sources;
    if (fixed.applied.length === 0) break;
  }
  return (sources[0]?.text ?? '').slice(0, -tail.length);
}

const cases: readonly (readonly [what: string, before: string, after: string])[] = [
  [
    'an item of a list on one line, the last of several',
    `input:
  type: object
  required: [ a, b ] # both
  properties: { a: { type: integer }, b: { type: integer, default: 1 } }
`,
    `input:
  type: object
  required: [ a ] # both
  properties: { a: { type: integer }, b: { type: integer, default: 1 } }
`,
  ],
  [
    'an item of a list over several lines in brackets',
    `input:
  type: object
  required: [
    a,
    b,
  ]
  properties: { a: { type: integer, default: 1 }, b: { type: integer } }
`,
    `input:
  type: object
  required: [
    b,
  ]
  properties: { a: { type: integer, default: 1 }, b: { type: integer } }
`,
  ],
  [
    'an item with a comment of its own',
    `input:
  type: object
  required:
    # the first
    - a # goes
    # the second
    - b # stays
  properties: { a: { type: integer, default: 1 }, b: { type: integer } }
`,
    `input:
  type: object
  required:
    # the first
    # the second
    - b # stays
  properties: { a: { type: integer, default: 1 }, b: { type: integer } }
`,
  ],
  [
    'a list that would be empty',
    `input: { type: object, required: [a], properties: { a: { type: integer, default: 1 } } }
`,
    `input: { type: object, properties: { a: { type: integer, default: 1 } } }
`,
  ],
  [
    'the last key of a map, with what is below it',
    `input:
  type: object
  properties:
    shape:
      oneOf:
        - type: object
          required: [kind]
          properties: { kind: { const: a } }
      discriminator:
        propertyName: kind # which
        mapping:
          a: "#/x"

    # the next one
    other: { type: integer }
`,
    `input:
  type: object
  properties:
    shape:
      oneOf:
        - type: object
          required: [kind]
          properties: { kind: { const: a } }

    # the next one
    other: { type: integer }
`,
  ],
  [
    'the first key of a map in a list',
    `input:
  type: object
  properties:
    size:
      anyOf:
        - nullable: false
          type: integer
        - type: string
          enum: [s]
`,
    `input:
  type: object
  properties:
    size:
      anyOf:
        - type: integer
        - type: string
          enum: [s]
`,
  ],
  [
    'flags of several properties, one round after the other',
    `input:
  type: object
  properties:
    a: { type: integer, required: true }
    b:
      required: true
      type: integer
    c: { required: false, type: integer }
`,
    `input:
  type: object
  required: [a, b]
  properties:
    a: { type: integer }
    b:
      type: integer
    c: { type: integer }
`,
  ],
  [
    'a flag below a list of items',
    `input:
  type: object
  properties:
    list:
      type: array
      maxItems: 3
      items:
        type: object
        required:
        - a
        properties:
          a: { type: integer }
          b: { type: integer, required: true }
`,
    `input:
  type: object
  properties:
    list:
      type: array
      maxItems: 3
      items:
        type: object
        required:
        - a
        - b
        properties:
          a: { type: integer }
          b: { type: integer }
`,
  ],
  [
    'an example over several lines',
    `input:
  type: object
  properties:
    page:
      type: object
      properties:
        size: { type: integer }
        unit: { type: string, enum: [mm, in] }
      example:
        # A4
        size: 297

        unit: mm
      description: The page.
`,
    `input:
  type: object
  properties:
    page:
      type: object
      properties:
        size: { type: integer }
        unit: { type: string, enum: [mm, in] }
      examples:
        # A4
        - size: 297

          unit: mm
      description: The page.
`,
  ],
  [
    'an example with signs that mean something inside brackets',
    `input:
  type: object
  properties:
    a: { type: string, maxLength: 80, example: "one, two" }
    b:
      type: string
      maxLength: 80
      example: one, two
`,
    `input:
  type: object
  properties:
    a: { type: string, maxLength: 80, examples: ["one, two"] }
    b:
      type: string
      maxLength: 80
      examples: ["one, two"]
`,
  ],
  [
    'null in a type, where the type is in quotes',
    `input:
  type: object
  properties:
    a:
      "type": "integer"
      "nullable": true
`,
    `input:
  type: object
  properties:
    a:
      "type": [integer, "null"]
`,
  ],
  [
    'lines that end as on Windows',
    'input:\r\n  type: object\r\n  required: [a]\r\n  properties:\r\n    a: { type: integer }\r\n    b:\r\n      type: integer\r\n      required: true\r\n    c: { maxLength: 4 }\r\n',
    'input:\r\n  type: object\r\n  required: [a, b]\r\n  properties:\r\n    a: { type: integer }\r\n    b:\r\n      type: integer\r\n    c: { type: string, maxLength: 4 }\r\n',
  ],
  [
    'definitions with everything that refers to them',
    `input:
  type: object
  properties:
    a: { $ref: '#/definitions/A' } # one
    b: { type: array, maxItems: 2, items: { $ref: "#/definitions/A" } }
  definitions: # shapes
    A: { type: integer }
`,
    `input:
  type: object
  properties:
    a: { $ref: "#/$defs/A" } # one
    b: { type: array, maxItems: 2, items: { $ref: "#/$defs/A" } }
  $defs: # shapes
    A: { type: integer }
`,
  ],
  [
    'a date as a type, in a block',
    `input:
  type: object
  properties:
    day:
      # When it was.
      type: date # UTC
`,
    `input:
  type: object
  properties:
    day:
      # When it was.
      type: string # UTC
      format: date
`,
  ],
];

test.each(cases)('%s', (_what, before, after) => {
  expect(mend(before)).toBe(after);
});

test.each([
  ['a comment stands between the items', 'required: [a, # first\n    b]'],
  ['the example is a block of text', 'required: [b]', '\n      example: |\n        two\n        lines'],
])('nothing is changed where %s', (_what, required, more = '') => {
  const before = `input:
  type: object
  ${required}
  properties:
    a:
      type: string
      default: x
      maxLength: 80${more}
    b: { type: integer }
`;
  expect(mend(before)).toBe(before);
});
