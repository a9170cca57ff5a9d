import { defineConfig } from 'vitest/config'

/**
 * `unit`: pure code and small processes, beside the source. `scenario`: real virtual machines; those that
 * test one package alone are beside its source as `x.boot.test.ts`.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'packages/*/{src,lib,agent,mount-server,socket-server}/**/*.test.ts',
            'test/rules/**/*.test.ts',
            'test/conformance/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/*.boot.test.ts'],
          testTimeout: 20_000,
          // Some wait for processes and for events of the kernel: see below.
          retry: 2,
        },
      },
      {
        test: {
          name: 'scenario',
          include: [
            'test/scenarios/**/*.test.ts',
            'packages/*/{src,mount-server,socket-server}/**/*.boot.test.ts',
          ],
          // Machines share two cores with whatever else runs there. What fails three times is broken; a retry is told in the report.
          retry: 2,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
