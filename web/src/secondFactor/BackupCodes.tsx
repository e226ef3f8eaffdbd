import { ShownOnce } from '../parts/ShownOnce.tsx';

/** For the day without one's phone. */
export function BackupCodes({ codes }: { codes: readonly string[] }) {
  return (
    <ShownOnce title="Your backup codes" value={codes.join('\n')} what="codes">
      Keep them where you keep passwords, not on the phone with the app. Each of them signs you in once when
      the app is out of reach.
    </ShownOnce>
  );
}
