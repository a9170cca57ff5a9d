import { execa } from 'execa'

/** Loads an nft(8) document inside a network namespace, whole or not at all. */
export const loadRuleset = async (netns: string, document: string): Promise<void> => {
  await execa('nsenter', [`--net=${netns}`, 'nft', '-f', '-'], { input: document })
}
