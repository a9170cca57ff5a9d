#!/usr/bin/env node
// Fetches a page and prints its text without the markup: fetch-page.mjs URL
const [url] = process.argv.slice(2)
const response = await fetch(url)
const html = await response.text()
const text = html
  .replace(/<(style|script|head)[\s\S]*?<\/\1>/g, '')
  .replace(/<[^>]*>/g, ' ')
  .replace(/&[a-z]+;/g, ' ')
  .split('\n')
  .map((line) => line.replace(/\s+/g, ' ').trim())
  .filter((line) => line !== '')
console.log(`${response.status} ${response.statusText}  ${url}`)
for (const line of text) console.log(`  ${line}`)
if (!response.ok) process.exitCode = 1
