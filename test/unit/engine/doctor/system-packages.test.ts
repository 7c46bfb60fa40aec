import { expect, test } from "vitest";
import { installCommand } from "../../../../src/engine/doctor/system-packages.ts";

const DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n';

test.each([
  [DEBIAN, "bubblewrap", "sudo apt-get install bubblewrap"],
  [DEBIAN, "docker", "sudo apt-get install docker.io"],
  ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', "pip", "sudo apt-get install python3-pip"],
  ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', "podman", "sudo dnf install podman"],
  ["ID=opensuse-leap\nID_LIKE='suse opensuse'\n", "python", "sudo zypper install python312"],
  ['ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', "python", "sudo zypper install python312"],
  ["ID=arch\n", "bubblewrap", "sudo pacman -S bubblewrap"],
  ["ID=alpine\n", "util-linux", "sudo apk add util-linux"],
  ["ID=nixos\n", "bubblewrap", null],
  ["", "bubblewrap", null],
] as const)("%j: %s", (osRelease, name, command) => {
  expect(installCommand(name, osRelease, false)).toBe(command);
});

test("root needs no sudo", () => {
  expect(installCommand("bubblewrap", DEBIAN, true)).toBe("apt-get install bubblewrap");
});
