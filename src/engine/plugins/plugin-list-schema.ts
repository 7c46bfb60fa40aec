import { z } from "zod";

const entrySchema = z.looseObject({
  name: z.string().min(1),
  type: z.enum(["user", "link"]),
  root: z.string().optional(),
  version: z.string().optional(),
  integrity: z.string().optional(),
  from: z.string().optional(),
});
/** The data folder's package.json, as oclif's own tool writes it too. */
export const listSchema = z.looseObject({ oclif: z.looseObject({ plugins: z.array(entrySchema).default([]) }).default({ plugins: [] }) });
