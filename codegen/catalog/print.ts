// Prints the catalogue with one model a line, so that what an update changed can be read, and what the sources disagree on.

import type { Catalog } from '../../src/registry/catalog.ts';
import type { Disagreement, Joined } from './join.ts';

export function printCatalog({ date, sources, vendors }: Catalog): string {
  const printed = Object.entries(vendors).map(([name, { models, ...vendor }]) => {
    const head = JSON.stringify(vendor).slice(0, -1);
    const lines = Object.entries(models).map(
      ([model, known]) => `${JSON.stringify(model)}:${JSON.stringify(known)}`,
    );
    return `${JSON.stringify(name)}:${head},"models":{\n${lines.join(',\n')}}}`;
  });
  const head = JSON.stringify({ date, sources }).slice(0, -1);
  return `${head},"vendors":{\n${printed.join(',\n')}}}\n`;
}

/** A table in Markdown, in the order of vendors and models. */
export function printDisagreements({ date, sources }: Catalog, { disagreements, compared }: Joined): string {
  const models = new Set(disagreements.map(({ vendor, model }) => `${vendor}/${model}`)).size;
  const [limits = '', prices = ''] = sources;
  return `# Where the catalogue's sources disagree

Made by \`npm run catalog:update\` on ${date}. ${compared} models are in both ${limits} and ${prices}; on ${models} of
them they differ, in ${disagreements.length} values. Values are never averaged: of two prices (USD per million tokens) the
dated one is taken, of two contexts the smaller. What is wrong for you, capstan.yaml corrects under \`models\`.

| model | value | ${limits} | ${prices} | taken |
| --- | --- | --- | --- | --- |
${disagreements.map(rowOf).join('\n')}
`;
}

function rowOf({ vendor, model, what, limits, prices, taken }: Disagreement): string {
  return `| ${vendor}/${model} | ${what} | ${limits} | ${prices} | ${taken} |`;
}
