import type { DistortionCode, LiteralCode } from '../../transforms/codes.js';

/** All that is said about one code. */
export interface Words {
  readonly title: string;
  readonly explanation: string;
  readonly example: string;
  readonly proof: string;
  readonly incidents: readonly string[];
  /** How to mend it for good. */
  readonly remedy: string;
  /** What to look for where the participant is wrong, a sentence. */
  readonly look: string;
}

/** About a distortion, besides. */
export interface DistortionWords extends Words {
  /** Goes after "holds the secret of secret_manager". */
  readonly phrase: string;
  /** A shell command that takes it off again, where that can be done in a pipe; empty: `$(…)` does it by itself. */
  readonly filter: string | null;
}

/** What is said of values that are no secret at all. */
export const literalWords: Record<LiteralCode, Words> = {
  'empty-secret': {
    title: 'The secret is empty',
    explanation:
      'The variable, file or secret is there and holds nothing. Many libraries take an empty key without a word, and ' +
      'then anybody can sign tokens. Usually an unset variable was passed on (`JWT_SECRET=$UNSET`), or an empty ' +
      'version was stored.',
    example: 'Compose passes JWT_SECRET=$JWT_SECRET on, and the variable is not set on that host.',
    proof: 'The fingerprint is that of nothing (e3b0c442…), or of nothing but a newline, a blank or quotes.',
    incidents: ['pokecollector#350'],
    remedy:
      'Have the program stop at start where its secret is empty, and check variables before they are passed on.',
    look: 'Find out what was to fill it: an empty value is passed on where a variable is not set.',
  },
  'non-value': {
    title: 'The secret is the text of a missing value',
    explanation:
      'A value that was missing was made a text: `undefined` and `[object Object]` in JavaScript, `None` in Python, ' +
      '`null`, `nil` and `<no value>` elsewhere. It works as a key, and anybody can guess it.',
    example: 'String(process.env.JWT_SECRET) is "undefined" where the variable is not set.',
    proof: 'The fingerprint is that of `undefined`, `null`, `None` or another such text.',
    incidents: ['baserow#2254'],
    remedy:
      'Read the secret with a function that stops the program where it is missing; never turn it into a text.',
    look: 'Find out which variable or field is missing there: its absence was made a text.',
  },
  'unresolved-placeholder': {
    title: 'The secret is a placeholder that nothing replaced',
    explanation:
      'The value is the text that should have been replaced by the secret: a variable in a template, or a reference to a ' +
      'secret store that only some launcher resolves. Whoever read it took it for the secret itself.',
    example: 'A service started without its launcher holds "$(JWT_SECRET)", or "sm://…/jwt-secret-staging".',
    proof: 'The one who holds it saw that its own value has the form of a placeholder.',
    incidents: ['jac#9003'],
    remedy:
      'Have the deployment resolve it, and have the program refuse values that look like a placeholder.',
    look: 'Find out what was to replace it: the template, the launcher or the plugin that did not run.',
  },
};

/** What is said of secrets whose bytes were changed on the way. */
export const distortionWords: Record<DistortionCode, DistortionWords> = {
  'trailing-newline': {
    title: 'A trailing newline is part of the key',
    explanation:
      'HMAC takes every byte. `echo secret | gcloud secrets versions add --data-file=-` stores a newline, as does an ' +
      'editor that ends a file with one; some readers trim it and some do not.',
    example: 'secret_manager holds "abc", backend_service reads a mounted file that holds "abc\\n".',
    proof: "One side's fingerprint is that of the other side's secret with a newline at its end.",
    incidents: ['google-cloud-python#10436', 'caddy-jwt#26', 'vercel-plugin#49'],
    remedy: 'Store the secret without it (`printf %s`, not `echo`), and have every service read it as it is.',
    phrase: 'with a newline at its end',
    look: 'Write it there with printf %s, not echo; an editor may add one, too.',
    filter: '',
  },
  'crlf-line-ending': {
    title: 'A line ending of Windows is part of the key',
    explanation:
      'A file that was saved on Windows, or checked out by a Git that converts line endings, ends its lines with a ' +
      'carriage return and a newline. What trims newlines often leaves the carriage return, which no terminal shows.',
    example: 'The .env file was edited on Windows: JWT_SECRET is "abc\\r".',
    proof: "One side's fingerprint is that of the other side's secret with a carriage return.",
    incidents: ['cli/cli#13588'],
    remedy:
      'Save such files with LF (`*.env text eol=lf` in .gitattributes), and store secrets with `printf %s`.',
    phrase: 'with a carriage return',
    look: 'Look at its last bytes (tail -c 2 FILE | xxd), and save the file with LF instead of CRLF.',
    filter: "tr -d '\\r'",
  },
  'surrounding-whitespace': {
    title: 'Blanks around the secret are part of the key',
    explanation:
      'A blank or a tab before or after the value came along when it was pasted, or when YAML or a dotenv file was ' +
      'written by hand. Some readers trim it and some do not.',
    example: 'The .env file says JWT_SECRET= abc, and the reader does not trim.',
    proof: "One side's fingerprint is that of the other side's secret with blanks around it.",
    incidents: ['frigate PR 16467'],
    remedy:
      'Store the secret without them, and have every service read it as it is; trim nowhere or everywhere.',
    phrase: 'with blanks around it',
    look: 'Look for a blank beside the value where it is set: after the "=", or at the end of the line.',
    filter: "sed 's/^[[:space:]]*//; s/[[:space:]]*$//'",
  },
  'byte-order-mark': {
    title: 'A byte-order mark is part of the key',
    explanation:
      'Editors and shells on Windows begin files with U+FEFF, which no terminal shows. Whoever reads the file as it is ' +
      'has three bytes more in the key; in a dotenv file the mark becomes a part of the first name.',
    example: 'PowerShell wrote the secret with `>`; the mounted file begins with EF BB BF.',
    proof:
      "One side's fingerprint is that of the other side's secret with U+FEFF before it, in UTF-8 or UTF-16.",
    incidents: ['hermes-agent#65123'],
    remedy:
      'Save the file as UTF-8 without a mark; in PowerShell use `Set-Content -NoNewline -Encoding utf8NoBOM`.',
    phrase: 'with a byte-order mark',
    look: 'Look at its first bytes (head -c 3 FILE | xxd), and save the file as UTF-8 without a mark.',
    filter: 'tail -c +4',
  },
  'quotes-kept': {
    title: 'Quotes around the secret are part of the key',
    explanation:
      'Quotes that were meant for a shell or a dotenv file were kept: `docker run --env-file` keeps them, Compose and ' +
      'most dotenv readers take them off.',
    example: 'JWT_SECRET="abc" in a file for --env-file: the container sees the quotes, too.',
    proof: "One side's fingerprint is that of the other side's secret in quotes.",
    incidents: ['moby#46773', 'docker/cli#3630'],
    remedy:
      'Write values in env files without quotes, and use secrets of letters and digits, which need none.',
    phrase: 'in quotes',
    look: 'Take the quotes off where the value is set; docker run --env-file keeps them.',
    filter: "sed 's/^.//; s/.$//'",
  },
  'base64-not-decoded': {
    title: 'The base64 text is used as the key, not what it stands for',
    explanation:
      'The secret is meant as bytes and is passed on as base64. One side uses the text as it is, the other decodes it ' +
      'first. Kubernetes takes base64 in `data` and plain text in `stringData`; an encoded value put into `stringData` ' +
      'stays encoded.',
    example: 'secret_manager holds the bytes; backend_service got `base64 -w0` of them and never decodes it.',
    proof: "One side's fingerprint is that of the other side's secret as base64 text.",
    incidents: ['jjwt#315', 'hasura#10120', 'supabase/auth#1758'],
    remedy:
      'Settle whether the key is the text or the bytes, write it down, and have every service do the same.',
    phrase: 'as base64 text, not decoded',
    look: 'Decode it before it is used, or hand it over as it is; in Kubernetes base64 belongs in `data`, not in `stringData`.',
    filter: null,
  },
  'base64-decoded': {
    title: 'The secret was decoded as base64, though the text is the key',
    explanation:
      'The secret happens to look like base64, and one side decodes it before it signs: some libraries and frameworks ' +
      'do so without being asked. The other side uses the text as it is.',
    example:
      'The secret is the output of `openssl rand -base64 48`; one service passes it through a decoder.',
    proof: "One side's fingerprint is that of the other side's secret decoded from base64.",
    incidents: ['jjwt#315', 'hasura#10120', 'supabase/auth#1758'],
    remedy:
      "Have every service use the text's bytes; look for setters that take base64, such as jjwt's older signWith.",
    phrase: 'decoded from base64',
    look: 'Use the text as the key; look for a library or a setting that decodes it without being asked.',
    filter: null,
  },
  'hex-decoded': {
    title: 'The secret was decoded as hex, though the text is the key',
    explanation:
      'The secret is made of hex digits, and one side turns these into bytes, or takes a leading 0x off, before it ' +
      'signs. The other side uses the text as it is.',
    example:
      'The secret is the output of `openssl rand -hex 32`; one service uses the 32 bytes, the other the 64 digits.',
    proof: "One side's fingerprint is that of the other side's secret decoded from hex, or without its 0x.",
    incidents: ['eth-docker PR 2043'],
    remedy:
      'Settle whether the key is the digits or the bytes, write it down, and have every service do the same.',
    phrase: 'decoded from hex',
    look: 'Use the digits as they are; look for Buffer.from(secret, "hex"), unhexlify or the like.',
    filter: null,
  },
  'url-encoded': {
    title: 'The secret is percent-encoded on one side',
    explanation:
      'The value went through a URL or a form: characters such as + / = became %2B %2F %3D, or a + became a blank, and ' +
      'nobody turned them back, or somebody did where nothing had been encoded.',
    example: 'The secret was posted to a settings page as a form; "a+b" was stored as "a b".',
    proof: "One side's fingerprint is that of the other side's secret percent-encoded or -decoded.",
    incidents: ['cloudflare-worker-jwt#72'],
    remedy:
      'Hand secrets over as bytes, not within URLs; or use letters and digits only, which no encoding changes.',
    phrase: 'changed by percent-encoding',
    look: 'Look for an encoder or a decoder of URLs or forms on its way there.',
    filter: null,
  },
  'escape-not-expanded': {
    title: 'Backslashes are read in two ways',
    explanation:
      'One side holds `\\n` as two characters where the other has a newline, or one side took a backslash for an escape ' +
      'and dropped it. systemd, dotenv readers, YAML and shells each have rules of their own.',
    example: 'EnvironmentFile= of systemd drops the backslash of "ab\\cd".',
    proof:
      "One side's fingerprint is that of the other side's secret with its escapes expanded, kept or dropped.",
    incidents: ['systemd#8857'],
    remedy: 'Use secrets without backslashes and line breaks: letters and digits survive every reader.',
    phrase: 'with its backslashes read in another way',
    look: 'Look at how the value is quoted where it is set: single quotes keep backslashes in shells and YAML.',
    filter: null,
  },
  'truncated-at-dollar': {
    title: 'A "$" in the secret was taken for a variable',
    explanation:
      'A shell, Compose or a dotenv reader took `$` for the start of a variable and put nothing in its place, or took ' +
      '`$$` for an escaped one. What is left is a shorter secret, and nothing complains.',
    example: 'JWT_SECRET=ab$cd in a Compose file becomes "ab".',
    proof: "One side's fingerprint is that of the other side's secret without what follows a dollar sign.",
    incidents: ['docker/compose#10419', 'node-jsonwebtoken#624'],
    remedy:
      'Use secrets without `$`; or write `$$` for Compose and single quotes for shells and dotenv files.',
    phrase: 'with a "$" taken for a variable',
    look: 'Put the value in single quotes where it is set; in a Compose file write $$ for $.',
    filter: null,
  },
  'truncated-at-hash': {
    title: 'The secret is cut at a "#"',
    explanation:
      'A reader of env files took `#` for the start of a comment, and dropped the rest of the line.',
    example: 'JWT_SECRET=ab#cd in a .env file becomes "ab".',
    proof: "One side's fingerprint is that of the other side's secret before its first #.",
    incidents: ['envparse#27', 'dotenv#633'],
    remedy: 'Use secrets without `#`, or put the value in quotes where the reader takes them off.',
    phrase: 'cut at a "#"',
    look: 'Put the value in quotes in the env file, or take a secret without "#".',
    filter: null,
  },
  'truncated-at-newline': {
    title: 'Only the first line of the secret is used',
    explanation:
      'The secret has several lines, and one side reads only the first. `openssl rand -base64 64` prints two lines.',
    example: 'secret_manager holds two lines; backend_service reads its file with `head -1` or `read`.',
    proof: "One side's fingerprint is that of the other side's secret before its first newline.",
    incidents: ['jabali-panel#193'],
    remedy: 'Make secrets of one line: `openssl rand -base64 48`, or `-A` to keep longer ones on one line.',
    phrase: 'cut at its first newline',
    look: 'Make a secret of one line (openssl rand -base64 48), or have the whole file read.',
    filter: null,
  },
  'truncated-length': {
    title: 'Only the first bytes of the secret are used',
    explanation:
      'One side keeps only so many bytes: a key of a fixed size, a column that is too short, a function such as bcrypt ' +
      'that stops at 72.',
    example: 'backend_service takes secret[:32] to have a key of 256 bits.',
    proof:
      "One side's fingerprint is that of the first 16, 24, 32, 48, 64, 72, 128, 255 or 256 bytes of the other's secret.",
    incidents: ['superset#37753'],
    remedy: 'Use the whole secret: HMAC takes keys of any length.',
    phrase: 'cut to its first bytes',
    look: 'Look for a slice, a column or a field that is too short for it.',
    filter: null,
  },
  'case-changed': {
    title: 'Capitals and small letters of the secret were changed',
    explanation:
      'One side made the secret all capitals or all small letters, as if it were a name or a hex number.',
    example: 'The secret is hex digits in small letters; a script printed them with %X.',
    proof: "One side's fingerprint is that of the other side's secret in capitals or in small letters.",
    incidents: ['superset#37753'],
    remedy: 'Treat secrets as bytes; take away whatever changes their letters.',
    phrase: 'with capitals and small letters changed',
    look: 'Look for toLowerCase, upper, tr or the like on its way there.',
    filter: null,
  },
  'json-not-unwrapped': {
    title: 'The whole JSON document is used instead of one of its fields',
    explanation:
      'The secret is stored as a JSON document of several fields. One side takes the field, the other the whole ' +
      'document: on ECS a secret is the document unless the field is named in `valueFrom`.',
    example: 'The stored value is {"JWT_SECRET":"abc"}; backend_service signs with all of it.',
    proof: "One side's fingerprint is that of a string field of the other side's JSON document.",
    incidents: ['containers-roadmap#385'],
    remedy: 'Store one secret under one name, or name the field wherever it is read.',
    phrase: 'within a JSON document',
    look: 'Name the field where it is read: not the document is the key, but one of its fields.',
    filter: null,
  },
};
