import type { EventBus } from '../events/event-bus.ts'
import type { Container } from './container.ts'

/** Publishes an event about a container, with the attributes that Docker gives each: image, name, all labels. */
export const publish = (
  { events }: { readonly events: EventBus },
  { document }: Pick<Container, 'document'>,
  action: string,
  more: Readonly<Record<string, string>> = {},
): void => {
  const { id, name, config } = document
  events.publish('container', action, id, { ...config.Labels, image: config.Image, name, ...more })
}
