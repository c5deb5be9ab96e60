// The stock runtime of Handlebars, as an oracle. It tells when it does one of the things in which it is meant to differ, so
// that everything else can be compared.

import Handlebars from 'handlebars';
import { helpers } from '../../../src/template/helpers/index.ts';
import type { Accepted, Helper, HelperArgument } from '../../../src/template/helpers/helper.ts';
import type { Json } from '../../../src/schema/json-schema.ts';

/** What the stock runtime does where this dialect does not. */
export type Difference = 'equal contexts are not pushed' | 'an absent context becomes {}';

export interface StockRendering {
  readonly text: string;
  readonly differences: ReadonlySet<Difference>;
}

export interface StockOptions {
  readonly fenceSuffix: string;
  /** The stock runtime indents partials that stand alone on a line. */
  readonly indentsPartials?: boolean;
}

export type RenderStock = (input: Json) => StockRendering;

export function compileStock(
  template: string,
  partials: { readonly [name: string]: string },
  options: StockOptions,
): RenderStock {
  const stock = Handlebars.create();
  const differences = new Set<Difference>();
  for (const helper of helpers) stock.registerHelper(helper.name, adapt(helper, options.fenceSuffix));
  watch(stock, 'each', differences);
  watch(stock, 'with', differences);
  const compileOptions = { noEscape: true, preventIndent: options.indentsPartials !== true };
  for (const [name, text] of Object.entries(partials)) {
    stock.registerPartial(name, watchPartial(stock.compile(text, compileOptions), differences));
  }
  const render = stock.compile(template, compileOptions);
  return (input) => {
    differences.clear();
    const text = render(input, {
      allowProtoPropertiesByDefault: false,
      allowProtoMethodsByDefault: false,
    });
    return { text, differences: new Set(differences) };
  };
}

function watchPartial(
  partial: Handlebars.TemplateDelegate,
  differences: Set<Difference>,
): Handlebars.TemplateDelegate {
  return (context: unknown, options?: Handlebars.RuntimeOptions) => {
    noteAbsent(context, differences);
    return partial(context, options);
  };
}

function noteAbsent(context: unknown, differences: Set<Difference>): void {
  if (context === null || context === undefined) differences.add('an absent context becomes {}');
}

/** The helper's own function behind the calling convention of the library. */
function adapt(helper: Helper, fenceSuffix: string): Handlebars.HelperDelegate {
  return (...given: unknown[]): HelperArgument => {
    const options = given.at(-1) as Handlebars.HelperOptions;
    const values = given.slice(0, -1) as HelperArgument[];
    const [first] = values;
    const takesAbsent = helper.parameters[0]?.accepts.includes('absent') ?? true;
    if ((first === undefined || first === null) && !takesAbsent) return undefined;
    const isGood = values.every((value, at) => {
      const parameter = helper.parameters[at] ?? helper.parameters.at(-1);
      return parameter?.accepts.some((accepted) => fits(value, accepted)) ?? false;
    });
    if (!isGood) return undefined;
    const hash = options.hash as { readonly [name: string]: HelperArgument };
    const result = helper.run(values, hash);
    if (helper.name !== 'fence') return result;
    const tag = `${String(hash['tag'])}-${fenceSuffix}`;
    return `<${tag}>${String(result)}</${tag}>`;
  };
}

function fits(value: HelperArgument, accepted: Accepted): boolean {
  switch (accepted) {
    case 'absent':
      return value === undefined || value === null;
    case 'list':
      return Array.isArray(value);
    case 'list of scalars':
      return Array.isArray(value) && value.every((item) => item !== null && typeof item !== 'object');
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return typeof value === accepted;
  }
}

/** Looks at every context that a block helper enters. */
function watch(stock: typeof Handlebars, name: 'each' | 'with', differences: Set<Difference>): void {
  const original = stock.helpers[name] as Handlebars.HelperDelegate;
  stock.registerHelper(name, function (this: unknown, subject: unknown, options: Handlebars.HelperOptions) {
    const enter = options.fn;
    const fn: Handlebars.TemplateDelegate = Object.assign(
      (context: unknown, inner?: Handlebars.RuntimeOptions) => {
        // The library compares contexts with `!=`, and so does this.
        // eslint-disable-next-line eqeqeq
        if (context == this) differences.add('equal contexts are not pushed');
        noteAbsent(context, differences);
        return enter(context, inner);
      },
      { blockParams: (enter as unknown as { readonly blockParams: number }).blockParams },
    );
    return original.call(this, subject, { ...options, fn }) as unknown;
  });
}
