/** Guards of tests that import the product into their own process (vitest projects `fast` and `store`). */
import type { Change, Sabotage } from './sabotage.ts';

/** Row-level security is set up by one procedure of a migration; without it every row is everybody's. */
const readsFile = `replaceAll('\\r\\n', '\\n');`;
const withoutFence: Change = {
  file: 'src/db/migrate.ts',
  find: readsFile,
  replace: readsFile.replace(';', `.replace('%s enable', '%s disable').replace('%s force', '%s no force');`),
};

const withoutWhere: Change = {
  file: 'src/organizations/store.ts',
  find: `
      where o.workspace_id = $1
`,
  replace: `
      where $1::uuid is not null
`,
};

const fence = 'test/tenancy/fence.store.test.ts';
const foreignOrganizations = 'src/organizations/routes.store.test.ts';

export const inProcess: readonly Sabotage[] = [
  {
    name: 'a mail has another Message-ID at each attempt',
    test: 'test/promises/kAnswers.store.test.ts',
    verdict: /K-4: .* other [1-9]/,
    finding: /: 2 Message-IDs$/m,
    changes: [
      {
        file: 'src/deliver/mail/send.ts',
        find: 'messageId: content.messageId,',
        replace:
          "messageId: content.messageId.replace('@', '.' + Math.random().toString(36).slice(2) + '@'),",
      },
    ],
  },
  {
    name: 'a mail of which nobody knows is sent again without end',
    test: 'test/promises/kAnswers.store.test.ts',
    verdict: /K-4: .* other [1-9]/,
    finding: /: sent [3-9] times$/m,
    changes: [
      {
        file: 'src/deliver/mail/step.ts',
        find: 'if (facts.unclear + 1 < mostUnclear) {',
        replace: 'if (facts.unclear + 1 < 1_000 * mostUnclear) {',
      },
    ],
  },
  {
    name: 'a slow answer to a command uses up the permit of a mail',
    test: 'test/promises/k5.store.test.ts',
    verdict: /K-5: .* other [1-9]/,
    finding: /^a slow answer to RCPT: it is /m,
    changes: [
      {
        file: 'src/deliver/mail/permit.ts',
        find: 'content: startPermit(clock, contentMs)',
        replace: 'content: startPermit(clock, Math.min(permitMs, contentMs))',
      },
    ],
  },
  {
    name: 'the hash of an audit entry is not compared',
    test: 'test/promises/r1.store.test.ts',
    verdict: /^R1: .* other [1-9]/,
    changes: [
      {
        file: 'src/audit/verify.ts',
        find: 'entry.hash === hashOf(entry, last.hash)',
        replace: 'hashOf(entry, last.hash) !== undefined',
      },
    ],
  },
  {
    name: 'an exported end of the audit is not looked for',
    test: 'test/promises/r1.store.test.ts',
    verdict: /^R1: .* other [1-9]/,
    changes: [
      { file: 'src/audit/verify.ts', find: 'if (!isProven && signed)', replace: 'if (!signed && signed)' },
    ],
  },
  {
    name: 'changes of connections are not recorded',
    test: 'test/promises/r2.store.test.ts',
    verdict: /^R2: .* other [1-9]/,
    changes: [
      {
        file: 'src/connections/lifecycle.ts',
        find: 'await recordConnection(tx, parts, order, { ...deed, before });',
        replace: '',
      },
    ],
  },
  {
    name: 'the fence (RLS) is off',
    test: fence,
    // Tables without one are what the other checks leave out.
    verdict: /^2 failed: which tables have a fence > all but those .*; .* > a fence is one policy/,
    changes: [withoutFence],
  },
  {
    name: 'the fence lets every row through',
    test: fence,
    verdict: /reading > in another workspace shows nothing; .*writing > into another workspace is an error/,
    changes: [
      {
        file: 'src/db/migrate.ts',
        find: readsFile,
        replace: readsFile.replace(
          ';',
          `.replaceAll('(%I = (select current_workspace()))', '(%I is not null)');`,
        ),
      },
    ],
  },
  {
    // The fence holds alone: nothing is seen, so the test stays green.
    name: 'WHERE workspace_id removed from one query',
    test: foreignOrganizations,
    verdict: /^[1-9]\d* passed, 0 failed$/,
    changes: [withoutWhere],
  },
  {
    // With neither, the test of the line above does see it.
    name: 'WHERE workspace_id removed from one query, and the fence is off',
    test: foreignOrganizations,
    verdict: /^1 failed: an organization > of another workspace is not there$/,
    changes: [withoutWhere, withoutFence],
  },
  {
    name: 'one poisoned alert fails all that came with it',
    test: 'test/promises/a8.store.test.ts',
    verdict: /^A8: lost [1-9]/,
    changes: [
      {
        file: 'src/deliver/assign.ts',
        find: 'poison.push(unwritable(delivery, error));',
        replace: 'return { going: [], placed: [], poison: deliveries.map((one) => unwritable(one, error)) };',
      },
    ],
  },
  {
    name: 'a replay of what may have arrived is sent',
    test: 'test/promises/b6.store.test.ts',
    verdict: /^B6: .*duplicated [1-9]/,
    changes: [
      {
        file: 'src/receipts/decide.ts',
        find: "const mayRetry: readonly DeliveryState[] = ['failed', 'skipped'];",
        replace:
          "const mayRetry: readonly DeliveryState[] = ['failed', 'skipped', 'uncertain', 'delivered'];",
      },
    ],
  },
  {
    name: 'nothing waits behind a refused note',
    test: 'test/promises/c2.store.test.ts',
    verdict: /^C2: .*misordered [1-9]/,
    finding: /a note waited only \d+ ms/,
    changes: [
      {
        file: 'src/deliver/timing.ts',
        find: 'scaled(gapMinutes * 60_000, timing);',
        replace: 'scaled(0 * gapMinutes, timing);',
      },
    ],
  },
  {
    name: 'Retry-After is not read',
    test: 'test/promises/d4.store.test.ts',
    verdict: /^D4: .*other [1-9]/,
    finding: /^seconds: next calls after/m,
    changes: [
      {
        file: 'src/psa/autotask/outcome.ts',
        find: "const wait = retryAfterMs(reply.headers['retry-after'], now) ?? usualMs;",
        replace: 'const wait = usualMs;',
      },
    ],
  },
  {
    name: 'loopback is as good as a public address',
    test: 'test/promises/g1.test.ts',
    verdict: /^G1: .*leaked [1-9]/,
    finding:
      /HERALD_PSA_URLS: https:\/\/0x7f000001\/ led to 127\.0\.0\.1|the door itself: https:\/\/127\.1\//,
    changes: [
      {
        file: 'src/outbound/addresses.ts',
        find: "if (address.range() !== 'unicast') return false;",
        replace: "if (address.range() === 'loopback') return true;",
      },
    ],
  },
  {
    name: 'DNS checked only before connecting',
    test: 'test/promises/g2.test.ts',
    verdict: /^G2: .*leaked [1-9]/,
    finding: /first answer outside, then inside/,
    changes: [
      {
        file: 'src/outbound/outbound.ts',
        find: 'agent.dispatch(dispatchOptions(verdict.url, request), made);',
        replace: `import('./resolve.ts')
        .then(({ resolveAllowed }) =>
          resolveAllowed(verdict.url.hostname, allow, { reach: verdict.reach, resolve: options.resolve }),
        )
        .then((checked) => (checked.ok ? agent.dispatch(dispatchOptions(verdict.url, request), made) : made.abort()));`,
      },
      {
        file: 'src/outbound/connector.ts',
        find: 'void resolveAllowed(hostname, allow, { reach, resolve }).then((resolution) => {',
        replace: `void resolve(hostname).then((addresses) => {
      const resolution = { ok: true, addresses };`,
      },
    ],
  },
  {
    name: 'redirects are followed',
    test: 'test/promises/g3.test.ts',
    verdict: /^G3: .*leaked [1-9]/,
    finding: /^301 location: .* was followed$/m,
    changes: [
      {
        file: 'src/outbound/outbound.ts',
        find: 'agent.dispatch(dispatchOptions(verdict.url, request), made);',
        replace: `import('undici').then(({ interceptors }) =>
        agent
          .compose(interceptors.redirect({ maxRedirections: 3 }))
          .dispatch(dispatchOptions(verdict.url, request), made),
      );`,
      },
    ],
  },
  {
    name: 'an allowed name opens all that lie below it',
    test: 'test/promises/g4.test.ts',
    verdict: /^G4: .*leaked [1-9]/,
    finding: /^“psa\.lan” opens sub\.psa\.lan$/m,
    changes: [
      {
        file: 'src/outbound/urls.ts',
        find: 'if (allow.hosts.has(host)) return',
        replace: 'if ([...allow.hosts].some((one) => host.endsWith(one))) return',
      },
    ],
  },
  {
    name: 'metadata services are known by their address only',
    test: 'test/promises/g4.test.ts',
    verdict: /^G4: .*leaked [1-9]/,
    finding: /, metadata\.google\.internal” opens metadata\.google\.internal: 127\.0\.0\.1/,
    changes: [
      {
        file: 'src/outbound/addresses.ts',
        find: 'return METADATA_HOSTS.has(host);',
        replace: 'return false && METADATA_HOSTS.has(host);',
      },
    ],
  },
  {
    name: 'no brake on the tickets of an organization',
    test: 'src/deliver/storm.store.test.ts',
    verdict: /^[1-9] failed: .*over its brake, an organization gets one ticket/,
    changes: [
      {
        file: 'src/deliver/brake.ts',
        find: 'if (group.gathers || brake === null || isCounted(group)) return true;',
        replace: 'if (group.gathers || brake !== undefined) return true;',
      },
    ],
  },
  {
    name: 'the share of the quota does not count',
    test: 'src/deliver/budget.store.test.ts',
    verdict: /^[1-9] failed: .*a share > holds for the calls of every process/,
    changes: [
      {
        file: 'src/deliver/budget.ts',
        find: 'Math.floor(calls * share + 1e-6);',
        replace: 'calls + 0 * share;',
      },
    ],
  },
  {
    name: 'nobody watches the listener',
    test: 'test/promises/f3.store.test.ts',
    verdict: /^F3: .*other [1-9]/,
    finding: /^another listener: not within 60000 ms$/m,
    changes: [
      {
        file: 'src/wake/signals.ts',
        // Not the silence alone: an unanswered question ends by the timeout of its connection as well.
        find: 'if (!watched) return;',
        replace: 'if (watched !== null) return;',
      },
    ],
  },
  {
    name: 'a ticket with another key is as good',
    test: 'test/promises/jSearches.store.test.ts',
    verdict: /^J-17: .*(lost|other) [1-9]/,
    finding: /finds tickets of others|ignores the filter/,
    changes: [
      {
        file: 'src/psa/autotask/tickets.ts',
        find: 'if (rows.value.some((row) => row.externalID?.trim().toLowerCase() !== key.toLowerCase()))',
        replace: 'if (rows.value.length < 0)',
      },
      {
        file: 'src/psa/autotask/tickets.ts',
        find: '.filter((row) => row.externalID === key)',
        replace: '.filter((row) => row.externalID !== null)',
      },
    ],
  },
  {
    name: 'what other tools use of a quota is not counted',
    test: 'test/promises/j21.store.test.ts',
    verdict: /^J-21: .*other [1-9]/,
    finding: /otherTools|meanwhile/,
    changes: [{ file: 'src/deliver/budget.ts', find: 'calls - others));', replace: 'calls + 0 * others));' }],
  },
  {
    name: 'what the database has rolled back is not run again',
    test: 'test/promises/l8.store.test.ts',
    verdict: /^L-8: .*other [1-9]/,
    finding: /^a deadlock: /m,
    changes: [{ file: 'src/db/trouble.ts', find: '/^(40P01|40001)$/', replace: '/^never$/' }],
  },
  {
    name: 'a write without an answer is sent again at once',
    test: 'test/promises/b5.store.test.ts',
    verdict: /^B5: .*duplicated [1-9]/,
    changes: [
      {
        file: 'src/deliver/step.ts',
        find: 'return uncertain(state, outcome.evidence, now, facts);',
        replace: `return {
        state: { phase: 'sending', attempt: state.attempt + 1, startedAt: now },
        effects: [{ kind: 'sendAgain' }],
      };`,
      },
    ],
  },
];
