import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import type { Host } from './host.ts'

/** Debian's; scripts/test.sh installs it. */
const program = '/usr/bin/chromium'

/** Chromium inside the host's namespace, where there is nothing but what the host publishes. `close` it before the host goes. */
export const openBrowser = async (host: Host): Promise<Browser> => {
  const inside = join(host.root, 'chromium')
  writeFileSync(inside, `#!/bin/sh\nexec nsenter --net=/run/netns/${host.netns} ${program} "$@"\n`)
  chmodSync(inside, 0o755)
  return chromium.launch({
    executablePath: inside,
    // The tests run as root, for whom it has no sandbox.
    chromiumSandbox: false,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-sync',
    ],
  })
}
