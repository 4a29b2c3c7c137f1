import { HtmlValidate, Parser, StaticConfigLoader } from 'html-validate';

const validator = new HtmlValidate(
  new StaticConfigLoader({
    extends: ['html-validate:recommended', 'html-validate:a11y', 'html-validate:document'],
    rules: {
      // One self-contained file: its style stands in it, known by its hash to the page's policy.
      'require-csp-nonce': 'off',
      // It counts a character reference as so many characters.
      'long-title': 'off',
    },
  }),
);

/** What html-validate has against a page. */
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
