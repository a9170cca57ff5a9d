#!/usr/bin/env node
// Loads image archives into a running engine: load-images.mjs SOCKET FILE...
import { createReadStream } from 'node:fs'
import { request } from 'node:http'

const [socketPath, ...files] = process.argv.slice(2)

const load = (file) =>
  new Promise((resolve, reject) => {
    const call = request({
      socketPath,
      method: 'POST',
      path: '/images/load',
      headers: { 'content-type': 'application/x-tar' },
    })
    call.on('error', reject)
    call.on('response', async (response) => {
      let body = ''
      for await (const chunk of response) body += chunk
      if (response.statusCode !== 200 || body.includes('"error"'))
        reject(new Error(`${file}: ${body.trim()}`))
      else resolve()
    })
    createReadStream(file).on('error', reject).pipe(call)
  })

await Promise.all(files.map(load)).catch((error) => {
  console.error(`load-images: ${error.message}`)
  process.exitCode = 1
})
