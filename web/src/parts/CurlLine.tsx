import { Button, CopyButton, Group } from '@mantine/core';

const example = {
  source: 'test',
  externalId: 'first-1',
  title: 'Impossible travel',
  severity: 'high',
  user: { email: 'ana@northwind.example' },
};

/** The call that sends a first alert to this server. */
export function CurlLine() {
  const line = [
    `curl ${window.location.origin}/api/v1/alerts \\`,
    `  -H 'authorization: Bearer YOUR-API-KEY' \\`,
    `  -H 'content-type: application/json' \\`,
    `  -d '${JSON.stringify(example)}'`,
  ].join('\n');
  return (
    <div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it can be wider than the page, and the keyboard has to scroll it */}
      <pre className="shell" tabIndex={0}>
        {line}
      </pre>
      <Group mt="xs">
        <CopyButton value={line}>
          {({ copied, copy }) => (
            <Button variant="default" size="compact-sm" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
    </div>
  );
}
