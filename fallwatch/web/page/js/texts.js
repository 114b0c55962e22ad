// The page's own words. Words about rooms and alarms come from the computer, in the same language.

const ENGLISH = {
  skip: "To the rooms", rooms: "Rooms", noRooms: "No room is being watched at the moment.",
  events: "Events of the last days", noEvents: "No event in the last days.", more: "Show more",
  devices: "Devices", letIn: "Let another phone in", revoke: "Revoke", thisDevice: "this device",
  codeIs: "Enter this code on the other phone, within five minutes:",
  signOut: "Sign this device out", signedInAs: "This device: {0}",
  lostTitle: "Not connected: you are not watching",
  lostSince: "Not connected since {0}: you are not watching",
  offlineHow: "This phone does not reach the computer that watches the rooms. Is it switched on, "
    + "and is this phone in its network?",
  tryAgain: "Try again", stale: "No live image since {0}", noImage: "No image yet",
  acknowledge: "Acknowledge", falseAlarm: "False alarm",
  sure: "Nobody has fallen? Press again.", since: "Since {0}, {1} ago",
  acknowledgedBy: "Acknowledged by {0}", overByItself: "Over by itself", clip: "From a recorded clip",
  snooze: "Silence its sound", snoozeFor: "for {0} min", snoozedUntil: "Silent until {0}",
  visit: "I am in the room", visitOver: "The visit is over", visitUntil: "Alarms paused until {0}",
  pausedUntil: "Nobody watches this room until {0}.",
  soundAgain: "Sound again", watched: "Watched {0} of today", larger: "{0}: larger image",
  imageOf: "Live image of {0}", snapshotOf: "Snapshot of the event in {0}",
  allCalm: "All rooms are watched", someNot: "{0} of {1} rooms watched",
  alarm: "Alarm", alarms: "Alarms", alarmTitle: "ALARM", faultTitle: "Fault",
  push: "Notifications", pushOn: "Notify this phone", pushOff: "Notify this phone no more",
  pushTest: "Send a test",
  pushIsOn: "This phone is notified of alarms, also while the page is closed.",
  pushIsOff: "This phone sounds only while the page is open.",
  pushStopped: "The browser has ended this phone's notifications. Switch them on again.",
  pushBlocked: "Notifications of this page are blocked. Allow them in the browser's settings for "
    + "this page, and open it again.",
  pushNotSecure: "This phone cannot be notified: the page is not encrypted (its address begins "
    + "with http). Encrypt it at the computer: Settings > Phone.",
  pushCertificate: "This phone cannot be notified: browsers allow it only with a certificate that "
    + "they know, and the computer's is home-made. The guide says how to get one.",
  pushHomeScreen: "Add this page to the home screen (Share > Add to Home Screen) and open it from "
    + "there: only then can it notify you.",
  pushNotHere: "This browser cannot notify you. Use another one, or add a recipient at the "
    + "computer: Settings > Notifications.",
  pairTitle: "Let this phone in",
  pairHow: "The code is shown at the computer: Settings > Phone, or where it was started.",
  code: "Code of six digits", deviceName: "Name of this phone", pair: "Let in",
  defaultName: "Phone", seconds: "{0} s", minutes: "{0} min", hours: "{0} h {1} min",
  outcomeFalse: "False alarm", outcomeReal: "Real alarm", role_look: "may look",
  role_acknowledge: "may acknowledge", role_administer: "may administer", failed: "It did not work: {0}",
};

const GERMAN = {
  skip: "Zu den Räumen", rooms: "Räume", noRooms: "Zurzeit wird kein Raum überwacht.",
  events: "Ereignisse der letzten Tage", noEvents: "Kein Ereignis in den letzten Tagen.",
  more: "Mehr zeigen", devices: "Geräte", letIn: "Weiteres Telefon zulassen", revoke: "Entziehen",
  thisDevice: "dieses Gerät",
  codeIs: "Geben Sie diesen Code binnen fünf Minuten am anderen Telefon ein:",
  signOut: "Dieses Gerät abmelden", signedInAs: "Dieses Gerät: {0}",
  lostTitle: "Keine Verbindung: Sie überwachen nicht",
  lostSince: "Keine Verbindung seit {0}: Sie überwachen nicht",
  offlineHow: "Dieses Telefon erreicht den Computer nicht, der die Räume überwacht. Ist er "
    + "eingeschaltet, und ist das Telefon in seinem Netz?",
  tryAgain: "Noch einmal versuchen", stale: "Kein Livebild seit {0}", noImage: "Noch kein Bild",
  acknowledge: "Bestätigen", falseAlarm: "Fehlalarm",
  sure: "Niemand gestürzt? Noch einmal drücken.", since: "Seit {0}, vor {1}",
  acknowledgedBy: "Bestätigt von {0}", overByItself: "Von selbst vorbei", clip: "Aus einem aufgezeichneten Clip",
  snooze: "Ton aussetzen", snoozeFor: "für {0} min", snoozedUntil: "Stumm bis {0}",
  visit: "Ich bin im Raum", visitOver: "Der Besuch ist vorbei", visitUntil: "Alarme pausiert bis {0}",
  pausedUntil: "Bis {0} überwacht niemand diesen Raum.",
  soundAgain: "Ton wieder an", watched: "Heute {0} überwacht", larger: "{0}: größeres Bild",
  imageOf: "Livebild von {0}", snapshotOf: "Bild des Ereignisses in {0}",
  allCalm: "Alle Räume werden überwacht", someNot: "{0} von {1} Räumen überwacht",
  alarm: "Alarm", alarms: "Alarme", alarmTitle: "ALARM", faultTitle: "Störung",
  push: "Benachrichtigungen", pushOn: "Dieses Telefon benachrichtigen",
  pushOff: "Dieses Telefon nicht mehr benachrichtigen", pushTest: "Test senden",
  pushIsOn: "Dieses Telefon wird bei Alarmen benachrichtigt, auch wenn die Seite zu ist.",
  pushIsOff: "Dieses Telefon gibt nur Ton, solange die Seite offen ist.",
  pushStopped: "Der Browser hat die Benachrichtigungen dieses Telefons beendet. Schalten Sie sie "
    + "wieder ein.",
  pushBlocked: "Benachrichtigungen dieser Seite sind gesperrt. Erlauben Sie sie in den "
    + "Einstellungen des Browsers für diese Seite, und öffnen Sie sie wieder.",
  pushNotSecure: "Dieses Telefon kann nicht benachrichtigt werden: Die Seite ist nicht "
    + "verschlüsselt (ihre Adresse beginnt mit http). Verschlüsseln Sie sie am Computer: "
    + "Einstellungen > Telefon.",
  pushCertificate: "Dieses Telefon kann nicht benachrichtigt werden: Browser erlauben es nur mit "
    + "einem Zertifikat, das sie kennen, und das des Computers ist selbst gemacht. Die Anleitung "
    + "sagt, wie man eines bekommt.",
  pushHomeScreen: "Legen Sie diese Seite auf den Home-Bildschirm (Teilen > Zum Home-Bildschirm) "
    + "und öffnen Sie sie dort: Nur dann kann sie Sie benachrichtigen.",
  pushNotHere: "Dieser Browser kann Sie nicht benachrichtigen. Nehmen Sie einen anderen, oder "
    + "richten Sie am Computer einen Empfänger ein: Einstellungen > Nachrichten.",
  pairTitle: "Dieses Telefon zulassen",
  pairHow: "Der Code steht am Computer: Einstellungen > Telefon, oder wo er gestartet wurde.",
  code: "Code aus sechs Ziffern", deviceName: "Name dieses Telefons", pair: "Zulassen",
  defaultName: "Telefon", seconds: "{0} s", minutes: "{0} min", hours: "{0} h {1} min",
  outcomeFalse: "Fehlalarm", outcomeReal: "Echter Alarm", role_look: "darf zusehen",
  role_acknowledge: "darf bestätigen", role_administer: "darf verwalten",
  failed: "Das ging nicht: {0}",
};

export const language = (navigator.languages ?? [navigator.language])
  .map((each) => each.toLowerCase().split("-")[0])
  .find((each) => each === "de" || each === "en") ?? "en";

const TEXTS = language === "de" ? GERMAN : ENGLISH;

/** A text with its places filled in. */
export function text(key, ...values) {
  return TEXTS[key].replace(/\{(\d)\}/g, (_, place) => values[Number(place)]);
}

/** Fills in the texts that stand in the page itself. */
export function fillIn() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = text(element.dataset.text);
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", text(element.dataset.label));
  }
}

let aheadMs = 0;

/** Takes over the computer's clock: a phone's may be wrong. */
export function setClock(nowUtc) {
  aheadMs = Date.parse(nowUtc) - Date.now();
}

/** The time by the computer's clock, in milliseconds since 1970. */
export function serverNow() {
  return Date.now() + aheadMs;
}

/** Local time of day; with the date if it was not today. */
export function clock(utc) {
  const at = new Date(utc);
  const options = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
  if (at.toDateString() !== new Date().toDateString()) {
    Object.assign(options, { day: "numeric", month: "short" });
  }
  return at.toLocaleString(language, options);
}

/** A length of time in words. */
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return text("seconds", whole);
  if (whole < 3600) return text("minutes", Math.floor(whole / 60));
  return text("hours", Math.floor(whole / 3600), Math.floor((whole % 3600) / 60));
}
