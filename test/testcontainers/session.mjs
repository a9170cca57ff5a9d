// What a test suite with testcontainers does: a network, two containers, and a sudden end. Prints what it saw as JSON.
import { GenericContainer, Network, Wait } from 'testcontainers'

const network = await new Network().start()
const redis = await new GenericContainer('demo/redis:1')
  .withNetwork(network)
  .withNetworkAliases('cache')
  .withExposedPorts(6379)
  .withHealthCheck({ test: ['CMD', 'redis-cli', 'ping'], interval: 500, retries: 100 })
  .withWaitStrategy(Wait.forAll([Wait.forHealthCheck(), Wait.forListeningPorts()]))
  .start()
const box = await new GenericContainer('demo/busybox:1')
  .withNetwork(network)
  .withCopyContentToContainer([{ content: 'copied', target: '/etc/copied' }])
  .withCommand(['sh', '-c', 'cat /etc/copied; echo; exec sleep 1000000'])
  .withWaitStrategy(Wait.forLogMessage('copied'))
  .start()
const { output, exitCode } = await box.exec(['sh', '-c', '{ echo PING; sleep 1; } | nc cache 6379'])
await redis.restart()
console.log(JSON.stringify({ port: redis.getMappedPort(6379), output, exitCode }))
// Nothing is stopped: that is the reaper's part.
process.kill(process.pid, 'SIGKILL')
