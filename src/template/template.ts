// The nodes of dialect handlebars/1: what a parsed template is, whatever library parsed it.
// Every `start` and `end` is a UTF-16 offset into `Template.text`.

export interface Template {
  readonly text: string;
  readonly body: readonly TemplateNode[];
  /** What parses but deserves a word, such as a triple-stash. */
  readonly remarks: readonly TemplateProblem[];
}

export interface Place {
  readonly start: number;
  readonly end: number;
}

/** A mistake in the text of a template itself, found without knowing any schema. */
export interface TemplateProblem extends Place {
  readonly code: string;
  readonly severity: 'error' | 'deny' | 'warning' | 'info';
  readonly message: string;
  readonly label?: string;
  readonly labels?: readonly (Place & { readonly message: string })[];
  readonly help?: string;
  readonly fix?: TemplateFix;
}

/** An edit that mends a problem; `safe` keeps the meaning that the author plainly had. */
export interface TemplateFix extends TemplateEdit {
  readonly message: string;
  readonly safety: 'safe' | 'maybe';
  /** Edits that belong to it, such as that of a closing tag. */
  readonly also?: readonly TemplateEdit[];
}

export interface TemplateEdit extends Place {
  readonly text: string;
}

export type TemplateNode = TextNode | OutputNode | IfNode | WithNode | EachNode | PartialNode;

/** Literal text as it is printed: whitespace control and backslashes are already applied. */
export interface TextNode extends Place {
  readonly kind: 'text';
  readonly text: string;
}

export interface OutputNode extends Place {
  readonly kind: 'output';
  readonly expression: Expression;
}

interface Block extends Place {
  /** The tag that opens the block. */
  readonly open: Place;
  readonly body: readonly TemplateNode[];
  readonly otherwise: readonly TemplateNode[];
}

/** `{{#if}}` and `{{#unless}}`: no scope of its own. */
export interface IfNode extends Block {
  readonly kind: 'if';
  readonly negated: boolean;
  readonly includeZero: boolean;
  readonly condition: Expression;
}

export interface WithNode extends Block {
  readonly kind: 'with';
  readonly subject: Expression;
  readonly parameters: readonly BlockParameter[];
}

export interface EachNode extends Block {
  readonly kind: 'each';
  readonly subject: Expression;
  readonly parameters: readonly BlockParameter[];
}

export interface BlockParameter extends Place {
  readonly name: string;
}

export interface PartialNode extends Place {
  readonly kind: 'partial';
  readonly name: string;
  readonly namePlace: Place;
  readonly context: Expression | undefined;
  readonly options: readonly Option[];
}

export type Expression = PathExpression | LiteralExpression | CallExpression;

/**
 * `ticket.customer`, `../title`, `@root.x`, `@index`. `origin` says where the walk starts; `depth` counts `../`.
 * `explicit` paths (`this.x`, `./x`, `../x`) never mean a block parameter or a helper.
 */
export interface PathExpression extends Place {
  readonly kind: 'path';
  readonly origin: 'scope' | 'root' | LoopVariable;
  readonly depth: number;
  readonly explicit: boolean;
  readonly segments: readonly Segment[];
}

export type LoopVariable = 'index' | 'key' | 'first' | 'last';

export interface Segment extends Place {
  readonly name: string;
}

export interface LiteralExpression extends Place {
  readonly kind: 'literal';
  readonly value: string | number | boolean | null | undefined;
}

/** A helper with its arguments, in braces of its own or as a subexpression. */
export interface CallExpression extends Place {
  readonly kind: 'call';
  readonly helper: string;
  readonly namePlace: Place;
  readonly parameters: readonly Expression[];
  readonly options: readonly Option[];
}

/** `name=value` in a helper call or a partial. */
export interface Option extends Place {
  readonly name: string;
  readonly namePlace: Place;
  readonly value: Expression;
}
