// openapi-typescript as its users run it, in a process of its own: an OpenAPI document from standard input to TypeScript.
// It prints with the compiler API of TypeScript 6 and older, which version 7 has no more, so that it is given one here.
import { createRequire, registerHooks } from 'node:module';
import { json } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const olderCompiler = pathToFileURL(
  createRequire(import.meta.url)
    .resolve('@ts-morph/common')
    .replace(/ts-morph-common\.js$/, 'typescript.js'),
).href;
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === 'typescript' ? olderCompiler : specifier, context),
});

const { default: openapiTS, astToString } = await import('openapi-typescript');
process.stdout.write(
  astToString(await openapiTS((await json(process.stdin)) as Parameters<typeof openapiTS>[0])),
);
