// Keeps one page for when the computer cannot be reached: it says that nobody is watching. The
// page itself, and all that it shows, always comes from the computer. Shows notifications, too.
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

const SHAKE_MS = [300, 150, 300, 150, 300];

self.addEventListener("push", (event) => {
  const content = event.data.json();
  const waits = content.urgency === "waits";
  event.waitUntil(
    self.registration.showNotification(content.title, {
      body: content.body,
      lang: content.language,
      icon: "/static/icons/192.png",
      // What is newer about an alarm takes the place of what was said before.
      tag: content.id || "test",
      renotify: waits,
      requireInteraction: waits,
      silent: Boolean(content.id) && !waits,
      ...(waits ? { vibrate: SHAKE_MS } : {}),
      ...(content.since_utc ? { timestamp: Date.parse(content.since_utc) } : {}),
      data: { id: content.id },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { id } = event.notification.data;
  const show = async () => {
    const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const page = pages.find((each) => new URL(each.url).pathname === "/");
    if (!page) return self.clients.openWindow(id ? `/#alarm-${encodeURIComponent(id)}` : "/");
    page.postMessage({ alarm: id });
    return page.focus();
  };
  event.waitUntil(show());
});

// The browser gives out another address: without it no alarm would arrive any more.
self.addEventListener("pushsubscriptionchange", (event) => {
  const renew = async () => {
    const options = event.oldSubscription?.options;
    const subscription = event.newSubscription
      ?? (options && await self.registration.pushManager.subscribe(options));
    if (!subscription) return;
    await fetch("/api/push", {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-Fallwatch": "1" },
      body: JSON.stringify({ subscription }),
    });
  };
  event.waitUntil(renew());
});
