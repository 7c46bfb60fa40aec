import type { EnvironmentSpec } from "../../domain/environment.ts";
import { OCI_LABELS } from "./image-layout.ts";
import type { ImageSite } from "./image-site.ts";
import { findOwnImage } from "./own-image.ts";

/**
 * Licences of makers' own in an image that Fettle built, as its `licenses` label names them. The label is an SPDX expression; what is not on
 * SPDX's list of public licences is a `LicenseRef-` in it (SPDX 2.3, annex D), and may restrict who hands the packages on. Empty too where
 * the image is not there.
 */
export async function restrictedLicences(site: ImageSite, spec: EnvironmentSpec): Promise<readonly string[]> {
  const found = await findOwnImage(site, spec, "hand on");
  const expression = found.ok ? (found.value.image.labels[OCI_LABELS.licenses] ?? "") : "";
  return [...new Set(expression.match(/\bLicenseRef-[A-Za-z0-9.-]+/g) ?? [])];
}
