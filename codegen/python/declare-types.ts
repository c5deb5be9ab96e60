// Schemas → Python declarations: a TypedDict for each object, an alias for everything else. Objects inside objects get names
// of their own, made of the way to them, because Python has no types without names.

import type { JsonSchema } from '../../src/registry/snapshot.ts';
import { dereference } from '../../src/schema/dereference.ts';
import { isRecord, jsonTypeOf } from '../../src/schema/json-schema.ts';
import { typesOf } from '../../src/schema/select-branch.ts';
import { pascalCase, takeName } from '../identifier.ts';
import { formOfBranches } from '../schema-form.ts';
import type { SchemaForm } from '../schema-form.ts';
import { describeValue, printComment, printDocstring } from './describe-python.ts';
import { isFieldName } from './python-names.ts';

/** How the values are that a type is of. */
export interface ValueForm {
  /** Whether defaults are filled in. */
  readonly defaults: SchemaForm;
  /** On its way: anything may still be missing, any text may be cut. */
  readonly partial: boolean;
}

export interface TypeScope {
  readonly root: JsonSchema;
  /** The name of a local reference, `#/$defs/NAME`. */
  readonly nameOf: (reference: string, form: ValueForm) => string;
  /** Names that are taken, in the whole file. */
  readonly taken: Set<string>;
}

/** Declares `name`, and before it the objects inside that have no names of their own. */
export function declareType(
  name: string,
  schema: JsonSchema,
  form: ValueForm,
  scope: TypeScope,
  remark: readonly string[] = [],
): string {
  const declarations: string[] = [];
  const writer: Writer = { scope, declarations };
  if (isTypedObject(schema)) {
    declarations.push(printObject(writer, name, schema, form, remark));
  } else {
    const type = typeOf({ ...writer, quoted: true }, stemOf(name, form), schema, form);
    const comment = printComment([...describeValue(schema), ...remark], '');
    declarations.push(`${comment}${name}: TypeAlias = ${type}\n`);
  }
  return declarations.join('\n\n');
}

interface Writer {
  readonly scope: TypeScope;
  readonly declarations: string[];
  /** Where Python evaluates what is written, names that come later stand in quotes. */
  readonly quoted?: boolean;
}

function isTypedObject(schema: JsonSchema): boolean {
  if ('$ref' in schema || 'const' in schema || 'enum' in schema || unionOf(schema) !== undefined)
    return false;
  const { type, properties, required, additionalProperties: additional } = schema;
  if (type !== 'object' && !(type === undefined && isRecord(properties))) return false;
  const hasNames = isRecord(properties) && Object.keys(properties).length > 0;
  return hasNames || (Array.isArray(required) && required.length > 0) || additional === false;
}

function printObject(
  writer: Writer,
  name: string,
  schema: JsonSchema,
  form: ValueForm,
  remark: readonly string[] = [],
): string {
  const fields = fieldsOf(schema);
  const asClass = fields.every(([field]) => isFieldName(field));
  const inner = { ...writer, quoted: !asClass };
  const stem = stemOf(name, form);
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const printed = fields.map(([field, value]) => {
    const isPresent =
      required.has(field) ||
      (form.defaults === 'filled' && isRecord(value) && value['default'] !== undefined);
    const type = typeOf(inner, `${stem}${pascalCase(field).replaceAll('$', '_')}`, value, form);
    const shown = isPresent || form.partial ? type : `NotRequired[${type}]`;
    const comment = isRecord(value) && !form.partial ? printComment(describeValue(value), '    ') : '';
    return asClass
      ? `${comment}    ${field}: ${shown}\n`
      : `${comment}    ${JSON.stringify(field)}: ${shown},\n`;
  });
  const about = [...(form.partial ? [] : describeValue(schema)), ...remark];
  if (!asClass) {
    const total = form.partial ? ', total=False' : '';
    return `${printComment(about, '')}${name} = TypedDict("${name}", {\n${printed.join('')}}${total})\n`;
  }
  const body = `${printDocstring(about, '    ')}${about.length > 0 && printed.length > 0 ? '\n' : ''}${printed.join('')}`;
  return `class ${name}(TypedDict${form.partial ? ', total=False' : ''}):\n${body === '' ? '    pass\n' : body}`;
}

/** What the names of inner types begin with; their own ending comes when they are declared. */
function stemOf(name: string, { partial }: ValueForm): string {
  return partial ? name.replace(/Partial$/, '') : name;
}

/** Declared properties, and those that are required without being declared. */
function fieldsOf(schema: JsonSchema): readonly (readonly [name: string, schema: unknown])[] {
  const { properties, required, additionalProperties: additional } = schema;
  const declared = isRecord(properties) ? Object.entries(properties) : [];
  const names = new Set(declared.map(([name]) => name));
  const listed = Array.isArray(required) && additional !== false ? required : [];
  const undeclared = listed.filter((name): name is string => typeof name === 'string' && !names.has(name));
  return [...declared, ...undeclared.map((name) => [name, additional ?? {}] as const)];
}

/** `name` is what the type will be called if it needs a name. */
function typeOf(writer: Writer, name: string, schema: unknown, form: ValueForm): string {
  if (schema === false) return 'object';
  if (!isRecord(schema)) return 'object';
  const { scope } = writer;
  if (typeof schema['$ref'] === 'string') return refer(writer, scope.nameOf(schema['$ref'], form));
  if ('const' in schema) return literalOf([schema['const']], form);
  if (Array.isArray(schema['enum'])) return enumOf(schema, schema['enum'], form);
  const union = unionOf(schema);
  if (union !== undefined) return typeOfUnion(writer, name, schema, union, form);
  if (isTypedObject(schema)) return hoist(writer, name, schema, form);
  const { type } = schema;
  const types = Array.isArray(type) ? type : [type];
  return joinUnion(types.map((each) => typeOfType(writer, name, each, schema, form)));
}

function typeOfType(
  writer: Writer,
  name: string,
  type: unknown,
  schema: JsonSchema,
  form: ValueForm,
): string {
  switch (type) {
    case 'string':
      return 'str';
    case 'integer':
      return 'int';
    case 'number':
      return 'float';
    case 'boolean':
      return 'bool';
    case 'null':
      return 'None';
    case 'array':
      return `List[${typeOf(writer, `${name}Item`, schema['items'], form)}]`;
    case 'object': {
      const { type: _, ...rest } = schema;
      if (isTypedObject({ ...rest, type: 'object' }))
        return hoist(writer, name, { ...rest, type: 'object' }, form);
      return `Dict[str, ${typeOf(writer, `${name}Value`, schema['additionalProperties'] ?? {}, form)}]`;
    }
    default:
      return 'object';
  }
}

function hoist(writer: Writer, name: string, schema: JsonSchema, form: ValueForm): string {
  const free = takeName(
    form.partial && !name.endsWith('Partial') ? `${name}Partial` : name,
    writer.scope.taken,
  );
  const { quoted: _, ...plain } = writer;
  writer.declarations.push(printObject(plain, free, schema, form));
  return refer(writer, free);
}

function refer({ quoted }: Writer, name: string): string {
  return quoted === true ? `"${name}"` : name;
}

/** The branches of a union that says something of the type. */
function unionOf(schema: JsonSchema): readonly JsonSchema[] | undefined {
  const branches = schema['anyOf'] ?? schema['oneOf'];
  if (!Array.isArray(branches) || !branches.every(isRecord)) return undefined;
  const says = [
    '$ref',
    'type',
    'enum',
    'const',
    'anyOf',
    'oneOf',
    'properties',
    'items',
    'additionalProperties',
  ];
  return branches.every((branch) => says.some((keyword) => keyword in branch)) ? branches : undefined;
}

function typeOfUnion(
  writer: Writer,
  name: string,
  schema: JsonSchema,
  branches: readonly JsonSchema[],
  form: ValueForm,
): string {
  const { root } = writer.scope;
  const inside = { ...form, defaults: formOfBranches(branches, root, form.defaults) };
  const shared = isRecord(schema['properties']) ? schema : undefined;
  const isOnly = branches.filter((branch) => isTypedObject(branch)).length === 1;
  const types = branches.map((branch, index) => {
    const whole = shared === undefined ? branch : mergeObjects(shared, dereference(branch, root));
    return typeOf(writer, `${name}${isOnly ? '' : nameOfBranch(whole, index)}`, whole, inside);
  });
  return joinUnion(types);
}

/** Python has no intersections: what all branches share is written into each. */
function mergeObjects(shared: JsonSchema, branch: JsonSchema): JsonSchema {
  if (!isRecord(branch['properties']) && branch['type'] !== 'object') return branch;
  const required = [shared['required'], branch['required']].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  const properties = { ...(shared['properties'] as object), ...(branch['properties'] as object | undefined) };
  return { ...branch, type: 'object', properties, required: [...new Set(required)] };
}

/** By the constant that tells it from the others, where there is one. */
function nameOfBranch(branch: JsonSchema, index: number): string {
  const properties = isRecord(branch['properties']) ? Object.values(branch['properties']) : [];
  const tag = properties.find((property) => isRecord(property) && typeof property['const'] === 'string');
  const word = isRecord(tag) ? pascalCase(String(tag['const'])).replaceAll('$', '_') : '';
  return /^[A-Z]\w*$/.test(word) ? word : `Option${index + 1}`;
}

function enumOf(schema: JsonSchema, values: readonly unknown[], form: ValueForm): string {
  const { enum: _, ...around } = schema;
  const types = typesOf(around);
  const admitted = values.filter((value) => {
    const type = jsonTypeOf(value);
    return types === undefined || (type !== undefined && types.has(type));
  });
  const known = literalOf(admitted, form);
  if (schema['x-extensible-enum'] !== true) return known;
  const open = [
    ...(admitted.some((value) => typeof value === 'string') ? ['str'] : []),
    ...(admitted.some((value) => typeof value === 'number') ? ['float'] : []),
  ];
  return joinUnion([known, ...open]);
}

/** Values that `Literal` cannot hold are told by their type alone. */
function literalOf(values: readonly unknown[], { partial }: ValueForm): string {
  const fits = (value: unknown): boolean =>
    value === null ||
    typeof value === 'boolean' ||
    (typeof value === 'string' && !partial) ||
    (typeof value === 'number' && Number.isSafeInteger(value));
  const literal = values.filter(fits);
  const types = values.filter((value) => !fits(value)).map(looseTypeOf);
  const printed = literal.length === 0 ? [] : [`Literal[${literal.map(printLiteral).join(', ')}]`];
  return joinUnion([...printed, ...types]);
}

function looseTypeOf(value: unknown): string {
  if (typeof value === 'string') return 'str';
  if (typeof value === 'number') return 'float';
  return Array.isArray(value) ? 'List[object]' : 'Dict[str, object]';
}

function printLiteral(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  // JSON and Python write strings alike, but for characters that only Python takes for line ends.
  return JSON.stringify(value).replaceAll('\u007f', String.raw`\u007f`);
}

function joinUnion(types: readonly string[]): string {
  const distinct = [...new Set(types)];
  const [only = 'object'] = distinct;
  if (distinct.length <= 1) return only;
  return distinct.includes('object') ? 'object' : `Union[${distinct.join(', ')}]`;
}
