/** The configured link targets of notifications. */
export interface LinkSettings {
  readonly externalUrl: string | null;
  readonly runbookUrl: string | null;
}

/** The links of one notification. */
export interface Links {
  /** The status page. */
  readonly page: string | null;
  /** The runbook, at the section of the first finding if there is one. */
  readonly runbook: string | null;
  /** The same explanation in a terminal, for every finding that jwtcheck knows. */
  readonly explain: string;
}

export function linksOf(
  findings: readonly { readonly code: string }[],
  { externalUrl, runbookUrl }: LinkSettings,
): Links {
  const code = findings[0]?.code ?? null;
  return {
    page: externalUrl,
    runbook: runbookUrl === null ? null : withFragment(runbookUrl, code),
    explain: code === null ? 'jwtcheck explain' : `jwtcheck explain ${code}`,
  };
}

/** A runbook that has a fragment already is one page for all. */
function withFragment(url: string, code: string | null): string {
  return code === null || url.includes('#') ? url : `${url}#${encodeURIComponent(code)}`;
}

/** The links that a configuration defines. */
export const linkSettingsOf = (settings: {
  readonly externalUrl?: string | undefined;
  readonly runbookUrl?: string | undefined;
}): LinkSettings => ({ externalUrl: settings.externalUrl ?? null, runbookUrl: settings.runbookUrl ?? null });
