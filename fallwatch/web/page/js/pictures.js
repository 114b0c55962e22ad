// Live images: asked for only while they can be seen, and never shown as live when they are not.

import { clock, text } from "./texts.js";

const EVERY_MS = 250;

/** Older than this, an image is not live. */
const STALE_MS = 3000;

/** Keeps the image of one room fresh. */
export class LiveImage {
  constructor(room, image, stale) {
    this.room = room;
    this.image = image;
    this.stale = stale;
    this.number = "";
    this.takenMs = 0;
    this.visible = true;
    this.busy = false;
    new IntersectionObserver(([entry]) => {
      this.visible = entry.isIntersecting;
    }).observe(image.parentElement);
    this.timer = setInterval(() => this.look(), EVERY_MS);
  }

  close() {
    clearInterval(this.timer);
    URL.revokeObjectURL(this.image.src);
  }

  async look() {
    this.judge();
    if (this.busy || !this.visible || document.hidden) return;
    this.busy = true;
    try {
      const path = `/api/frame?room=${encodeURIComponent(this.room)}&after=${this.number}`;
      const response = await fetch(path, {
        cache: "no-store",
        signal: AbortSignal.timeout(STALE_MS),
      });
      if (response.status === 200) this.show(response, await response.blob());
    } catch {
      // The connection says so itself, and `judge` the age of the image.
    } finally {
      this.busy = false;
    }
  }

  show(response, blob) {
    const before = this.image.src;
    this.image.src = URL.createObjectURL(blob);
    if (before) URL.revokeObjectURL(before);
    this.image.hidden = false;
    this.number = response.headers.get("X-Frame-Number");
    this.takenMs = Date.now() - Number(response.headers.get("X-Frame-Age-Ms"));
    this.judge();
  }

  judge() {
    const isLive = Date.now() - this.takenMs < STALE_MS;
    this.stale.hidden = isLive;
    if (isLive) return;
    const words = this.takenMs
      ? text("stale", clock(new Date(this.takenMs).toISOString()))
      : text("noImage");
    if (this.stale.textContent !== words) this.stale.textContent = words;
  }
}
