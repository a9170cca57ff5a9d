// Reads lines `URL TEXT`; says `answered TEXT` when the URL answers with the text. Asks every 3 ms.
import { createInterface } from 'node:readline'

const page = async (url) => {
  try {
    const headers = { connection: 'close' }
    return await (await fetch(url, { headers, signal: AbortSignal.timeout(5000) })).text()
  } catch {
    return ''
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [url, text] = line.split(' ')
  while ((await page(url)) !== text) await new Promise((resolve) => setTimeout(resolve, 3))
  console.log(`answered ${text}`)
}
