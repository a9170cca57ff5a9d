import { humanDuration, UserError } from '@container-compose/core'
import { type ContainerSummary, label, nameOf, observedContainer } from '@container-compose/orchestrator'
import { renderPorts } from './ports.ts'
import { renderTable } from './table.ts'

export interface PsStyle {
  /** `table` or `json`. */
  readonly format: string
  readonly truncate: boolean
  readonly nowMs: number
}

/** @throws UserError `INVALID_ARGUMENT` for other formats. */
export const renderPs = (containers: readonly ContainerSummary[], style: PsStyle): string => {
  if (style.format === 'json')
    return containers.map((container) => `${goJson(jsonRow(container, style))}\n`).join('')
  if (style.format !== 'table')
    throw new UserError('INVALID_ARGUMENT', `format "${style.format}" is not supported`, {
      hint: 'table or json',
    })
  return renderTable(
    ['NAME', 'IMAGE', 'COMMAND', 'SERVICE', 'CREATED', 'STATUS', 'PORTS'],
    containers.map((container) => [
      nameOf(container),
      container.Image,
      command(container, style),
      container.Labels?.[label.service] ?? '',
      `${humanDuration(style.nowMs - container.Created * 1000)} ago`,
      container.Status,
      renderPorts(container.Ports),
    ]),
    { minimum: 10, gap: 3 },
  )
}

const command = ({ Command }: ContainerSummary, { truncate }: PsStyle): string => {
  const characters = [...Command]
  const shown = truncate && characters.length > 20 ? `${characters.slice(0, 19).join('')}…` : Command
  return `"${shown}"`
}

const jsonRow = (container: ContainerSummary, style: PsStyle): Record<string, unknown> => {
  const { health, exitCode } = observedContainer(container)
  const labels = container.Labels ?? {}
  const mounts = container.Mounts ?? []
  const name = nameOf(container)
  return {
    Command: command(container, style),
    CreatedAt: createdAt(container.Created),
    ExitCode: container.State === 'exited' || container.State === 'dead' ? exitCode : 0,
    Health: health === 'none' ? '' : health,
    ID: style.truncate ? container.Id.slice(0, 12) : container.Id,
    Image: container.Image,
    Labels: Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    LocalVolumes: String(mounts.filter(({ Type, Name }) => Type === 'volume' && Name).length),
    Mounts: mounts.map(({ Name, Source }) => short(Name || Source, style)).join(','),
    Name: name,
    Names: name,
    Networks: Object.keys(container.NetworkSettings?.Networks ?? {}).join(','),
    Ports: renderPorts(container.Ports),
    Project: labels[label.project] ?? '',
    Publishers: [...container.Ports]
      .sort((a, b) => a.PrivatePort - b.PrivatePort)
      .map(({ IP, PrivatePort, PublicPort, Type }) => ({
        URL: IP ?? '',
        TargetPort: PrivatePort,
        PublishedPort: PublicPort ?? 0,
        Protocol: Type,
      })),
    RunningFor: `${humanDuration(style.nowMs - container.Created * 1000)} ago`,
    Service: labels[label.service] ?? '',
    Size: '0B',
    State: container.State,
    Status: container.Status,
  }
}

const short = (text: string, { truncate }: PsStyle): string =>
  truncate && text.length > 15 ? `${text.slice(0, 14)}…` : text

const createdAt = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().replace('T', ' ').replace('.000Z', ' +0000 UTC')

/** As Go writes it: `<`, `>` and `&` are escaped. */
const goJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<>&]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
