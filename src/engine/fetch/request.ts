/** What every way of fetching gets. */
export interface FetchRequest {
  /** Absolute folder for downloads; may not exist yet, and goes away with the workspace. */
  readonly scratch: string;
  readonly log: string;
  readonly signal: AbortSignal;
  progress(text: string): void;
}
