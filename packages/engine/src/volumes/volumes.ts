/** What the rest of the engine asks of volumes. Rejects with `ApiError`s in Docker's words. */
export interface Volumes {
  /**
   * Idempotent by name: a volume that is there is returned as it is, when the driver is the same. Without a name an anonymous
   * volume is made (64 hex digits, label `com.docker.volume.anonymous`).
   */
  create(request: VolumeRequest): Promise<Volume>
  get(name: string): Volume | undefined
  /** By name. */
  list(): readonly Volume[]
  /** Removes the volume with its data. `users` are the ids of the containers that refer to it: any of them is a conflict. */
  remove(name: string, options: { readonly force: boolean; readonly users: readonly string[] }): Promise<void>
}

export interface VolumeRequest {
  readonly name?: string
  readonly driver?: string
  readonly options?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
}

export interface Volume {
  readonly name: string
  readonly driver: 'local'
  readonly labels: Readonly<Record<string, string>>
  readonly options: Readonly<Record<string, string>>
  /** RFC 3339. */
  readonly createdAt: string
  /** The directory of the host that holds the data; it exists. Of a disk its file, which exists when a container refers to it. */
  readonly mountpoint: string
  /** It is a file system in a file (`type=ext4`), which one machine at a time has as a disk. */
  readonly isDisk?: true
  /** Made without a name. */
  readonly anonymous: boolean
}
