import { styleText } from "node:util";

export type Paint = (text: string) => string;

/** What a renderer needs to know about where its text goes. */
export interface Theme {
  readonly paint: Readonly<Record<"bold" | "dim" | "red" | "green" | "yellow" | "cyan", Paint>>;
  readonly symbols: Symbols;
  /** Columns to lay out for. */
  readonly width: number;
}

export interface Symbols {
  readonly done: string;
  readonly failed: string;
  readonly undecided: string;
  readonly cached: string;
  readonly waiting: string;
  readonly pending: string;
  readonly note: string;
  readonly winner: string;
  readonly separator: string;
  readonly barFull: string;
  readonly barEmpty: string;
  readonly spinner: readonly string[];
}

export interface ThemeOptions {
  readonly colour: boolean;
  readonly unicode: boolean;
  readonly width: number;
}

export function createTheme(options: ThemeOptions): Theme {
  const paint = (format: Parameters<typeof styleText>[0]): Paint =>
    // Whether to colour was decided before, for the stream the text goes to; styleText would ask process.stdout.
    options.colour ? (text) => (text === "" ? "" : styleText(format, text, { validateStream: false })) : (text) => text;
  return {
    paint: {
      bold: paint("bold"),
      dim: paint("dim"),
      red: paint("red"),
      green: paint("green"),
      yellow: paint("yellow"),
      cyan: paint("cyan"),
    },
    symbols: options.unicode ? UNICODE : ASCII,
    width: options.width,
  };
}

/** What a stream and the environment say about colours, symbols and width. A pipe or a file is laid out for 120 columns. */
export function detectTheme(stream: { readonly isTTY?: boolean; readonly columns?: number }, env: NodeJS.ProcessEnv): Theme {
  return createTheme({
    colour: wantsColour(stream.isTTY === true, env),
    // The Linux console's font has no braille or dingbats.
    unicode: env.TERM !== "linux",
    width: stream.isTTY === true ? Math.max(MIN_WIDTH, stream.columns ?? DEFAULT_TTY_WIDTH) : PIPE_WIDTH,
  });
}

const MIN_WIDTH = 20;
const DEFAULT_TTY_WIDTH = 80;
const PIPE_WIDTH = 120;

/** FORCE_COLOR decides where it is set, then NO_COLOR (no-color.org: any non-empty value), then whether a person is looking. */
function wantsColour(isTTY: boolean, env: NodeJS.ProcessEnv): boolean {
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return false;
  return isTTY && env.TERM !== "dumb";
}

const UNICODE: Symbols = {
  done: "✔",
  failed: "✖",
  undecided: "?",
  cached: "↺",
  waiting: "◷",
  pending: "·",
  note: "›",
  winner: "★",
  separator: "·",
  barFull: "━",
  barEmpty: "─",
  spinner: ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
};

const ASCII: Symbols = {
  done: "+",
  failed: "x",
  undecided: "?",
  cached: "=",
  waiting: "~",
  pending: ".",
  note: ">",
  winner: "*",
  separator: "-",
  barFull: "#",
  barEmpty: "-",
  spinner: ["|", "/", "-", "\\"],
};
