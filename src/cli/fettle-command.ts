import { Command, Flags } from "@oclif/core";
import type { Diagnostic } from "../domain/diagnostic.ts";
import type { Failure } from "../domain/failure.ts";
import { EXIT, type ExitCode } from "../engine/exit-code.ts";
import { diagnosticsJson, renderDiagnostics } from "../report/diagnostics.ts";
import { failureText } from "../report/failure-text.ts";

/** The flag every command with output has. */
export const jsonFlag = Flags.boolean({ description: "print one JSON document on standard output" });

/** Exit codes, for help texts. */
export const EXIT_CODES = `Exit codes: 0 every target met what it required; 1 a target was rejected or undecided; 2 the recipe or the
command line is wrong; 3 a toolchain or its environment failed or is unavailable; 130 interrupted.`;

/** What all commands share: how they print and how they end. Commands turn flags into one call and its result into an exit code. */
export abstract class FettleCommand extends Command {
  /** Whether standard output takes colours: a terminal, unless NO_COLOR or FORCE_COLOR say otherwise. */
  protected get colors(): boolean {
    return process.stdout.hasColors?.() ?? false;
  }

  protected print(text: string): void {
    process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  }

  protected printJson(value: unknown): void {
    this.print(JSON.stringify(value, null, 2));
  }

  /** Prints all diagnostics (JSON on standard output, text on standard error) and ends with the code for a wrong recipe. */
  protected refuse(diagnostics: readonly Diagnostic[], json: boolean): never {
    if (json) this.printJson({ ok: false, diagnostics: diagnosticsJson(diagnostics) });
    else process.stderr.write(`${renderDiagnostics(diagnostics, { colors: process.stderr.hasColors?.() ?? false })}\n`);
    return this.end(EXIT.usage);
  }

  /** Prints a failure that stopped the whole command. */
  protected failed(failure: Failure, json: boolean): never {
    if (json) this.printJson({ ok: false, failure });
    else process.stderr.write(`${failureText(failure)}\n`);
    return this.end(failure.reason === "interrupted" ? EXIT.interrupted : EXIT.failed);
  }

  protected end(code: ExitCode): never {
    process.exitCode = code;
    return this.exit(code);
  }
}
