// Who else is let in; for devices that may administer.

import { element } from "./elements.js";
import { say } from "./rooms.js";
import { ask, post } from "./server.js";
import { clock, text } from "./texts.js";

async function show() {
  const { devices } = await ask("/api/devices");
  const rows = devices.map((device) => {
    const words = [device.name, text(`role_${device.role}`), clock(device.seen_utc)];
    if (device.is_this) words.push(text("thisDevice"));
    const revoke = () => post(`/api/devices/${device.id}/revoke`).then(show).catch(say);
    const button = element("button", { type: "button", click: revoke }, text("revoke"));
    button.setAttribute("aria-label", `${text("revoke")}: ${device.name}`);
    return element("li", {}, words.join(" · "), device.is_this ? null : button);
  });
  document.getElementById("device-list").replaceChildren(...rows);
}

/** Shows the devices, if this one may see them. */
export function showDevices(role) {
  const section = document.getElementById("devices");
  if (!section.hidden || role !== "administer") return;
  section.hidden = false;
  show().catch(say);
}

document.getElementById("let-in").addEventListener("click", async () => {
  try {
    const { code } = await post("/api/devices", { role: "acknowledge" });
    document.getElementById("code").replaceChildren(
      `${text("codeIs")} `,
      element("strong", {}, code),
    );
  } catch (error) {
    say(error);
  }
});
