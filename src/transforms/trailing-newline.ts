import type { Transform } from './transform.js';

/** A newline at the end: `echo` instead of `printf`, an editor's last line. */
export const trailingNewline: Transform = {
  code: 'trailing-newline',
  words: {
    title: 'A trailing newline is part of the key',
    explanation:
      'HMAC uses every byte. `echo secret | gcloud secrets versions add --data-file=-` stores a newline, and so does ' +
      'an editor that ends a file with one. Some readers trim it and some do not.',
    example: 'secret_manager holds "abc"; backend_service reads a mounted file that contains "abc\\n".',
    proof: "One side's fingerprint matches the other side's secret with a newline at its end.",
    incidents: ['google-cloud-python#10436', 'caddy-jwt#26', 'vercel-plugin#49'],
    remedy:
      'Store the secret without a newline (`printf %s`, not `echo`), and make every service read it unchanged.',
    phrase: 'with a newline at its end',
    look: 'Where the value is set, write it with printf %s, not echo. An editor may add a newline, too.',
  },
  *apply({ latin1 }, all) {
    yield { to: `${latin1}\n`, text: 'with a newline at its end' };
    if (!all) return;
    for (const [count, word] of [
      [2, 'two'],
      [3, 'three'],
      [4, 'four'],
    ] as const)
      yield { to: latin1 + '\n'.repeat(count), text: `with ${word} newlines at its end` };
    yield { to: `${latin1}\\n`, text: 'with a newline at its end, written as the two characters "\\n"' };
  },
  *undo({ latin1 }, all) {
    if (latin1.endsWith('\n')) {
      yield { to: latin1.slice(0, -1), text: 'without its last newline', filter: '' };
      if (!all) return;
      let end = latin1.length;
      while (latin1[end - 1] === '\n') end -= 1;
      yield { to: latin1.slice(0, end), text: 'without the newlines at its end', filter: '' };
    } else if (all && latin1.endsWith('\\n')) {
      yield { to: latin1.slice(0, -2), text: 'without the two characters "\\n" at its end' };
    }
  },
};
