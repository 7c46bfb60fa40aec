import { QnnInspect } from "./inspect-command.js";

/** The plug-in's commands by their ids: `qnn:inspect` is `fettle qnn inspect`. */
export const COMMANDS = { "qnn:inspect": QnnInspect };
