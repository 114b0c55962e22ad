// Keeps one page for when the computer cannot be reached: it says that nobody is watching. The
// page itself, and all that it shows, always comes from the computer.
const CACHE = "fallwatch-offline-1";
const KEPT = ["/offline", "/static/style.css", "/static/js/offline.js", "/static/js/texts.js"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(KEPT)));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  const old = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(old());
});

self.addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  if (path.startsWith("/api/") || event.request.method !== "GET") return;
  event.respondWith(
    fetch(event.request).catch(async () => {
      const kept = await caches.match(event.request.mode === "navigate" ? "/offline" : path);
      return kept ?? Response.error();
    }),
  );
});
