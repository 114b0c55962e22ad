// Lets this device in by a code.

import { post } from "./server.js";
import { fillIn, text } from "./texts.js";

fillIn();
const code = document.getElementById("code");
const name = document.getElementById("name");
// In the fragment, which no server and no log ever sees.
if (/^#\d{6}$/.test(location.hash)) code.value = location.hash.slice(1);
history.replaceState(null, "", location.pathname);
name.value = text("defaultName");

document.getElementById("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await post("/api/pair", { code: code.value, device: name.value });
    location.replace("/");
  } catch (error) {
    document.getElementById("problem").textContent = error.message;
  }
});
