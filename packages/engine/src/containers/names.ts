import { randomInt } from 'node:crypto'

const adjectives =
  `amber brave bright brisk calm clever cosmic crisp curious daring eager early fair fancy fleet fond gentle glad golden
grand happy hardy honest humble jolly keen kind lively loyal lucid lucky mellow merry mighty modest neat nimble noble patient placid
plucky polite proud quick quiet rapid ready robust serene sharp shiny silent silver smart snappy steady sunny swift tidy upbeat vivid
warm wise witty zesty`.split(/\s+/)

const nouns =
  `badger beaver bison bittern bobcat buzzard caribou cheetah condor cormorant crane curlew dolphin dormouse dragonfly egret
falcon ferret finch gannet gazelle gecko goshawk grouse heron hornbill ibex ibis jackdaw jaguar kestrel kingfisher kite lapwing lark
lemur linnet lynx magpie marmot marten merlin moose narwhal newt nuthatch ocelot osprey otter owl pelican petrel pipit plover puffin
raven redstart salmon sparrow starling stoat stork swallow swift tapir tern thrush viper walrus weasel wombat wren`.split(
    /\s+/,
  )

/** A name for a container that was given none, such as `calm_heron`; a digit is added when the plain ones are taken. */
export const randomName = (isFree: (name: string) => boolean): string => {
  const pick = (words: readonly string[]) => words[randomInt(words.length)] ?? ''
  for (let attempt = 0; ; attempt++) {
    const name = `${pick(adjectives)}_${pick(nouns)}${attempt < 5 ? '' : attempt}`
    if (isFree(name)) return name
  }
}
