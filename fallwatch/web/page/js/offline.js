// Shown by the service worker where the computer cannot be reached.

import { fillIn } from "./texts.js";

fillIn();
document.getElementById("again").addEventListener("click", () => location.replace("/"));
