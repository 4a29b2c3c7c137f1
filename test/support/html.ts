import { HtmlValidate, Parser, StaticConfigLoader } from 'html-validate';

const validator = new HtmlValidate(
  new StaticConfigLoader({
    extends: ['html-validate:recommended', 'html-validate:a11y', 'html-validate:document'],
    rules: {
      // One self-contained file: its style is inline, and the page's policy allows it by its hash.
      'require-csp-nonce': 'off',
      // The rule counts the characters of a character reference one by one.
      'long-title': 'off',
    },
  }),
);

/** The messages of html-validate about a page. */
export async function htmlProblems(page: string): Promise<string[]> {
  const { results } = await validator.validateString(page);
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line, column }) => `${line}:${column} ${ruleId}: ${message}`),
  );
}

/** Every element of a page by its path-less shape: the tag with the names of its attributes, in order. */
export async function elementsOf(page: string): Promise<string[]> {
  const config = await validator.getConfigFor('page.html');
  const root = new Parser(config).parseHtml(page);
  return root
    .querySelectorAll('*')
    .map((element) => [element.tagName, ...element.attributes.map((attribute) => attribute.key)].join(' '));
}
