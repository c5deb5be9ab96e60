// A strict reader of the little XML that we print: elements, attributes, text, the five entities and character references.
// Everything else, and everything that is not well-formed, throws.

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The text directly inside, as it is. */
  readonly text: string;
}

export function parseXml(text: string): XmlElement {
  // Characters that no XML document may hold.
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text))
    throw new Error('a forbidden character');
  const scanner: Scanner = { text, at: 0 };
  take(scanner, /<\?xml version="1\.0" encoding="UTF-8"\?>\s*/y, 'a declaration');
  const root = parseElement(scanner);
  take(scanner, /\s*$/y, 'the end');
  return root;
}

interface Scanner {
  readonly text: string;
  at: number;
}

function take(scanner: Scanner, pattern: RegExp, what: string): RegExpExecArray {
  const match = attempt(scanner, pattern);
  if (match === undefined)
    throw new Error(`expected ${what} at ${scanner.at}: ${scanner.text.slice(scanner.at, scanner.at + 40)}`);
  return match;
}

function attempt(scanner: Scanner, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = scanner.at;
  const match = pattern.exec(scanner.text);
  if (match === null) return undefined;
  scanner.at = pattern.lastIndex;
  return match;
}

function parseElement(scanner: Scanner): XmlElement {
  const name = take(scanner, /<(?<name>[a-z-]+)/y, 'an element').groups?.['name'] ?? '';
  const attributes: Record<string, string> = {};
  for (
    let match = attempt(scanner, / (?<key>[a-z]+)="(?<value>[^"<]*)"/y);
    match !== undefined;
    match = attempt(scanner, / (?<key>[a-z]+)="(?<value>[^"<]*)"/y)
  ) {
    const { key = '', value = '' } = match.groups ?? {};
    if (Object.hasOwn(attributes, key)) throw new Error(`${key} stands twice`);
    // A parser makes spaces of plain white space in attributes.
    attributes[key] = decode(value.replaceAll(/[\t\n\r]/g, ' '));
  }
  if (attempt(scanner, /\/>/y) !== undefined) return { name, attributes, children: [], text: '' };
  take(scanner, />/y, 'the end of a tag');
  const children: XmlElement[] = [];
  let text = '';
  while (attempt(scanner, /<\//y) === undefined) {
    const run = attempt(scanner, /[^<]+/y);
    if (run === undefined) children.push(parseElement(scanner));
    else text += decode(run[0]);
  }
  take(scanner, new RegExp(`${name}>`, 'y'), `</${name}>`);
  return { name, attributes, children, text };
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replaceAll(/&(?<name>[^;]*;?)/g, (_, name: string) => {
    const code = /^#(?<code>\d+);$/.exec(name)?.groups?.['code'];
    if (code !== undefined) return String.fromCodePoint(Number(code));
    const character = entities[name.slice(0, -1)];
    if (character === undefined || !name.endsWith(';')) throw new Error(`unknown entity &${name}`);
    return character;
  });
}
