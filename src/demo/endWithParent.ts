/**
 * Loaded into the simulator before its own program (`node --import`): it ends when its standard input does, so that
 * a demo that is killed outright leaves no simulator behind.
 */
const end = () => process.kill(process.pid, 'SIGTERM');

process.stdin.once('end', end).once('error', end).resume();
