import fc from 'fast-check';
import { marked, type Token } from 'marked';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/model.js';
import { markdown } from '../../src/report/markdown.js';
import { viewOf } from '../../src/report/view/view.js';
import { anyReport } from '../support/arbitrary-reports.js';
import { hostileTexts, reportHolding } from '../support/hostile.js';
import { runs } from '../support/random.js';
import { aFinding, aParticipant, aReport, groupsOf, secretManager, stepsIn } from '../support/reports.js';
import { plainStyle } from '../support/style.js';
import { workflowCommands } from '../support/workflow-commands.js';

const written = (report: Report, verbose = false): string =>
  markdown(viewOf(report), { ...plainStyle, verbose });

/** Every token of GitHub Flavored Markdown, cells and inline ones too. */
function tokensOf(text: string): Token[] {
  const all: Token[] = [];
  marked.walkTokens(marked.lexer(text, { gfm: true }), (token) => {
    all.push(token);
  });
  return all;
}

const shapeOf = (text: string): string[] =>
  tokensOf(text)
    .filter(({ type }) => !['text', 'escape', 'html', 'codespan', 'space'].includes(type))
    .map((token) =>
      token.type === 'table' ? `table of ${token.rows.length}, ${token.header.length} wide` : token.type,
    );

/** HTML that the report writes itself. */
const ours = /^(<\/?(details|code)>|<summary>[\w ,:()]*<\/summary>|\s)*$/;

/** What GitHub and GitLab make of text after the Markdown was read. */
const linked = /[@#!%&~^](?=\w)|:\w+:|https?:\/\/|www\.|GH-\d/i;

/** As a browser shows it: entities decoded, zero-width spaces seen. */
const decoded = (text: string): string => text.replaceAll('&#8203;', '\u200b').replaceAll('&#39;', "'");

describe('the Markdown report', () => {
  it('says what is wrong and what to type', () => {
    const other = aParticipant('backend_service', { fingerprint: '9b1c0f2e', agrees: false });
    const participants = [secretManager, other];
    const report = aReport({
      verdict: 'inconsistent',
      participants,
      groups: groupsOf(participants, 'secret_manager'),
      findings: [aFinding('trailing-newline', { steps: stepsIn('Take it off:\n  printf %s "$X" > secret') })],
    });
    const text = written(report);
    expect(text).toContain('## ✗ INCONSISTENT: `staging`\n\nbackend_service differs from secret_manager.');
    expect(text).toContain('| ✗ | `backend_service` | `9b1c0f2e` | **DIFFERS** | http | verifier |');
    expect(text).toContain('```sh\nprintf %s "$X" > secret\n```');
    expect(tokensOf(text).filter(({ type }) => type === 'table')).toHaveLength(2);
  });

  it('fences a command with more backticks than it holds', () => {
    const text = written(aReport({ findings: [aFinding('x', { steps: stepsIn('Do:\n  echo ````` ```') })] }));
    expect(tokensOf(text).find(({ type }) => type === 'code')).toMatchObject({ text: 'echo ````` ```' });
  });

  it('stays what it is, whatever names hold', () => {
    const expected = shapeOf(written(reportHolding('backend')));
    for (const text of hostileTexts) {
      const document = written(reportHolding(text));
      expect(shapeOf(document), text).toEqual(expected);
      expect(workflowCommands(document)).toEqual([]);
      for (const token of tokensOf(document)) {
        expect(['link', 'image', 'del'], text).not.toContain(token.type);
        if (token.type === 'html') expect(token.raw, text).toMatch(ours);
        if (token.type === 'text' && !('tokens' in token))
          expect(decoded(token.raw), text).not.toMatch(linked);
      }
    }
  });

  it('holds nothing of its own making in any report', () => {
    fc.assert(
      fc.property(anyReport, fc.boolean(), (report, verbose) => {
        const text = written(report, verbose);
        expect(text).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u);
        for (const token of tokensOf(text)) {
          expect(['link', 'image', 'del', 'blockquote', 'hr']).not.toContain(token.type);
          if (token.type === 'html') expect(token.raw).toMatch(ours);
        }
      }),
      { numRuns: runs(60) },
    );
  });
});
