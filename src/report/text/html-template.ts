import { xml } from './escape.js';

/** Markup that is safe to print. Only this file makes it, so a string is never taken for it. */
class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** Markup that is safe to print, made by `html`, `text`, `lines`, `concat` or `trusted`. */
export type Html = Markup;

/** A value that a template takes. Everything but markup is escaped; the items of a list stand on lines of their own. */
export type HtmlValue = Html | string | number | null | readonly HtmlValue[];

function escaped(value: HtmlValue): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.toString();
  return Array.isArray(value) ? joined(value, '\n') : xml(`${value}`);
}

function joined(values: readonly HtmlValue[], separator: string): string {
  return values
    .filter((value) => value !== null)
    .map(escaped)
    .join(separator);
}

/** A template of HTML that escapes every value unless it is markup. Values stand between tags or in quoted attributes. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let markup = strings[0] ?? '';
  for (const [index, value] of values.entries()) markup += `${escaped(value)}${strings[index + 1] ?? ''}`;
  return new Markup(markup);
}

/** A text of at most `columns` columns, escaped. */
export function text(content: string, columns = 800): Html {
  return new Markup(xml(content, columns));
}

/** Values on lines of their own; `null` is left out. */
export function lines(...values: readonly HtmlValue[]): Html {
  return new Markup(joined(values, '\n'));
}

/** Values without anything between them. */
export function concat(...values: readonly HtmlValue[]): Html {
  return new Markup(joined(values, ''));
}

/** Markup that is printed as it is: never give it a text that comes from outside. */
export function trusted(markup: string): Html {
  return new Markup(markup);
}
