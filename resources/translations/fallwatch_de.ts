<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
  <context>
    <name>AddressField</name>
    <message>
      <source>&amp;Find…</source>
      <translation>&amp;Suchen…</translation>
    </message>
    <message>
      <source>Find cameras on the network</source>
      <translation>Kameras im Netzwerk suchen</translation>
    </message>
    <message>
      <source>Look for cameras on the network</source>
      <translation>Nach Kameras im Netzwerk suchen</translation>
    </message>
    <message>
      <source>No camera answered</source>
      <translation>Keine Kamera hat geantwortet</translation>
    </message>
  </context>
  <context>
    <name>AdvancedPage</name>
    <message>
      <source>&amp;Classifier of all rooms</source>
      <translation>&amp;Klassifikator aller Räume</translation>
    </message>
    <message>
      <source>&amp;Device that judges frames</source>
      <translation>&amp;Gerät, das Bilder auswertet</translation>
    </message>
    <message>
      <source>&amp;People looked at in one image</source>
      <translation>&amp;Personen, die in einem Bild betrachtet werden</translation>
    </message>
    <message>
      <source>Automatic</source>
      <translation>Automatisch</translation>
    </message>
    <message>
      <source>Decoder of &amp;network cameras</source>
      <translation>Decoder der &amp;Netzwerkkameras</translation>
    </message>
    <message>
      <source>Frames &amp;judged per second and camera, at most</source>
      <translation>Ausgewertete &amp;Bilder je Sekunde und Kamera, höchstens</translation>
    </message>
    <message>
      <source>Graphics processor</source>
      <translation>Grafikprozessor</translation>
    </message>
    <message>
      <source>Neural processor</source>
      <translation>Neuronaler Prozessor</translation>
    </message>
    <message>
      <source>Processor</source>
      <translation>Prozessor</translation>
    </message>
    <message>
      <source>These settings are for engineers. The rooms are watched well without.</source>
      <translation>Diese Einstellungen sind für Fachleute. Auch ohne sie werden die Räume gut überwacht.</translation>
    </message>
  </context>
  <context>
    <name>AlarmBanner</name>
    <message>
      <source>Acknowledge</source>
      <translation>Bestätigen</translation>
    </message>
    <message>
      <source>Acknowledge it, and record that nobody had fallen ({0})</source>
      <translation>Bestätigen und festhalten, dass niemand gestürzt war ({0})</translation>
    </message>
    <message>
      <source>Acknowledge: {0}</source>
      <translation>Bestätigen: {0}</translation>
    </message>
    <message>
      <source>Alarm: {0}. {1}</source>
      <translation>Alarm: {0}. {1}</translation>
    </message>
    <message>
      <source>False alarm</source>
      <translation>Fehlalarm</translation>
    </message>
    <message>
      <source>False alarm: {0}</source>
      <translation>Fehlalarm: {0}</translation>
    </message>
    <message>
      <source>Image of the moment</source>
      <translation>Bild des Augenblicks</translation>
    </message>
    <message>
      <source>Next alarm</source>
      <translation>Nächster Alarm</translation>
    </message>
    <message>
      <source>Previous alarm</source>
      <translation>Voriger Alarm</translation>
    </message>
    <message>
      <source>Recording…</source>
      <translation>Wird festgehalten…</translation>
    </message>
    <message>
      <source>{0} of {1}</source>
      <translation>{0} von {1}</translation>
    </message>
  </context>
  <context>
    <name>AlarmBar</name>
    <message>
      <source>Acknowledge ({0})</source>
      <translation>Bestätigen ({0})</translation>
    </message>
    <message>
      <source>Acknowledge: {0}</source>
      <translation>Bestätigen: {0}</translation>
    </message>
  </context>
  <context>
    <name>AlarmFirstDialog</name>
    <message>
      <source>Acknowledge it first. Then fallwatch can be closed.</source>
      <translation>Bestätigen Sie ihn zuerst. Danach lässt sich fallwatch schließen.</translation>
    </message>
    <message>
      <source>An alarm is not acknowledged yet.</source>
      <translation>Ein Alarm ist noch nicht bestätigt.</translation>
    </message>
    <message>
      <source>An alarm waits</source>
      <translation>Ein Alarm wartet</translation>
    </message>
    <message>
      <source>Keep watching</source>
      <translation>Weiter überwachen</translation>
    </message>
  </context>
  <context>
    <name>AlarmPage</name>
    <message>
      <source>&amp;Louder, and on further ways, after</source>
      <translation>&amp;Lauter und auf weiteren Wegen nach</translation>
    </message>
    <message>
      <source>&amp;Repeat the sound every</source>
      <translation>Ton &amp;wiederholen alle</translation>
    </message>
    <message>
      <source>Camera lost</source>
      <translation>Kamera ausgefallen</translation>
    </message>
    <message>
      <source>Care &amp;visit at most</source>
      <translation>Pflege&amp;besuch höchstens</translation>
    </message>
    <message>
      <source>Hear the sounds</source>
      <translation>Töne anhören</translation>
    </message>
    <message>
      <source>Notice</source>
      <translation>Hinweis</translation>
    </message>
    <message>
      <source>Play the sound: {0}</source>
      <translation>Ton abspielen: {0}</translation>
    </message>
    <message>
      <source>Remind of a &amp;fault that lasts, after</source>
      <translation>An eine anhaltende &amp;Störung erinnern nach</translation>
    </message>
    <message>
      <source>Somebody fell</source>
      <translation>Jemand ist gestürzt</translation>
    </message>
    <message>
      <source>min</source>
      <translation>min</translation>
    </message>
    <message>
      <source>s</source>
      <translation>s</translation>
    </message>
  </context>
  <context>
    <name>AssistantDialog</name>
    <message>
      <source>Add camera…</source>
      <translation>Kamera hinzufügen…</translation>
    </message>
    <message>
      <source>Close</source>
      <translation>Schließen</translation>
    </message>
    <message>
      <source>Everybody may</source>
      <translation>Alle dürfen</translation>
    </message>
    <message>
      <source>Everything is ready. fallwatch watches, and somebody will be told.</source>
      <translation>Alles ist bereit. fallwatch überwacht, und jemand wird benachrichtigt.</translation>
    </message>
    <message>
      <source>Heard</source>
      <translation>Gehört</translation>
    </message>
    <message>
      <source>It arrived</source>
      <translation>Angekommen</translation>
    </message>
    <message>
      <source>It did not</source>
      <translation>Nicht angekommen</translation>
    </message>
    <message>
      <source>Mark…</source>
      <translation>Markieren…</translation>
    </message>
    <message>
      <source>No bed in view</source>
      <translation>Kein Bett im Bild</translation>
    </message>
    <message>
      <source>Nobody needed</source>
      <translation>Niemand nötig</translation>
    </message>
    <message>
      <source>Not heard</source>
      <translation>Nicht gehört</translation>
    </message>
    <message>
      <source>Play the sound</source>
      <translation>Ton abspielen</translation>
    </message>
    <message>
      <source>Self-test…</source>
      <translation>Selbsttest…</translation>
    </message>
    <message>
      <source>Send a test</source>
      <translation>Test senden</translation>
    </message>
    <message>
      <source>Set a PIN…</source>
      <translation>PIN festlegen…</translation>
    </message>
    <message>
      <source>Set-up assistant</source>
      <translation>Einrichtungsassistent</translation>
    </message>
    <message>
      <source>Settings…</source>
      <translation>Einstellungen…</translation>
    </message>
    <message>
      <source>Still missing:
{0}</source>
      <translation>Es fehlt noch:
{0}</translation>
    </message>
  </context>
  <context>
    <name>CameraController</name>
    <message>
      <source>It will no longer be watched. Its events stay in the list.</source>
      <translation>Er wird nicht mehr überwacht. Seine Ereignisse bleiben in der Liste.</translation>
    </message>
    <message>
      <source>Keep</source>
      <translation>Behalten</translation>
    </message>
    <message>
      <source>Remove</source>
      <translation>Entfernen</translation>
    </message>
    <message>
      <source>Remove room</source>
      <translation>Raum entfernen</translation>
    </message>
    <message>
      <source>Remove the room {0}?</source>
      <translation>Den Raum {0} entfernen?</translation>
    </message>
  </context>
  <context>
    <name>CameraDialog</name>
    <message>
      <source>&amp;Test</source>
      <translation>&amp;Testen</translation>
    </message>
    <message>
      <source>Add camera</source>
      <translation>Kamera hinzufügen</translation>
    </message>
    <message>
      <source>As for all rooms</source>
      <translation>Wie für alle Räume</translation>
    </message>
    <message>
      <source>Bedroom</source>
      <translation>Schlafzimmer</translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>Abbrechen</translation>
    </message>
    <message>
      <source>Change camera</source>
      <translation>Kamera ändern</translation>
    </message>
    <message>
      <source>Name of the &amp;room</source>
      <translation>Name des &amp;Raums</translation>
    </message>
    <message>
      <source>Open the camera and show what it sees</source>
      <translation>Die Kamera öffnen und zeigen, was sie sieht</translation>
    </message>
    <message>
      <source>Place the camera so that the whole floor can be seen. Nothing leaves this computer unless you add recipients; a password is kept in the system's keyring, where there is one.</source>
      <translation>Stellen Sie die Kamera so auf, dass der ganze Boden zu sehen ist. Nichts verlässt diesen Computer, solange Sie keine Empfänger hinzufügen; ein Passwort wird im Schlüsselbund des Systems verwahrt, wenn es einen gibt.</translation>
    </message>
    <message>
      <source>S&amp;ensitivity</source>
      <translation>&amp;Empfindlichkeit</translation>
    </message>
    <message>
      <source>Save</source>
      <translation>Speichern</translation>
    </message>
    <message>
      <source>The camera works: {0}.</source>
      <translation>Die Kamera funktioniert: {0}.</translation>
    </message>
    <message>
      <source>The room has no name.</source>
      <translation>Der Raum hat keinen Namen.</translation>
    </message>
    <message>
      <source>There is a room of this name already. Choose another name.</source>
      <translation>Es gibt schon einen Raum dieses Namens. Wählen Sie einen anderen.</translation>
    </message>
    <message>
      <source>Trying the camera…</source>
      <translation>Die Kamera wird getestet…</translation>
    </message>
    <message>
      <source>Trying the usual paths of network cameras…</source>
      <translation>Die üblichen Pfade von Netzwerkkameras werden versucht…</translation>
    </message>
    <message>
      <source>{0} watches this camera already; this is its image.</source>
      <translation>{0} überwacht diese Kamera schon; das ist ihr Bild.</translation>
    </message>
  </context>
  <context>
    <name>ClipPlayer</name>
    <message>
      <source>   p(fall) {0}, score {1}</source>
      <translation>   p(Sturz) {0}, Wertung {1}</translation>
    </message>
    <message>
      <source>&amp;Pause</source>
      <translation>&amp;Pause</translation>
    </message>
    <message>
      <source>&amp;Play</source>
      <translation>&amp;Abspielen</translation>
    </message>
    <message>
      <source>As fast as possible</source>
      <translation>So schnell wie möglich</translation>
    </message>
    <message>
      <source>De&amp;tails</source>
      <translation>De&amp;tails</translation>
    </message>
    <message>
      <source>Evidence</source>
      <translation>Anzeichen</translation>
    </message>
    <message>
      <source>Frame ▶</source>
      <translation>Bild ▶</translation>
    </message>
    <message>
      <source>One frame back</source>
      <translation>Ein Bild zurück</translation>
    </message>
    <message>
      <source>One frame on</source>
      <translation>Ein Bild weiter</translation>
    </message>
    <message>
      <source>Place in the clip</source>
      <translation>Stelle im Clip</translation>
    </message>
    <message>
      <source>Show the figures behind the decision, for engineers.</source>
      <translation>Die Zahlen hinter der Entscheidung zeigen, für Techniker.</translation>
    </message>
    <message>
      <source>Speed</source>
      <translation>Tempo</translation>
    </message>
    <message>
      <source>◀ Frame</source>
      <translation>◀ Bild</translation>
    </message>
  </context>
  <context>
    <name>ClipStudio</name>
    <message>
      <source>&amp;Evaluate folder</source>
      <translation>Ordner aus&amp;werten</translation>
    </message>
    <message>
      <source>&amp;Next clip</source>
      <translation>&amp;Nächster Clip</translation>
    </message>
    <message>
      <source>&amp;Previous clip</source>
      <translation>&amp;Voriger Clip</translation>
    </message>
    <message>
      <source>All files (*)</source>
      <translation>Alle Dateien (*)</translation>
    </message>
    <message>
      <source>Analysed</source>
      <translation>Ausgewertet</translation>
    </message>
    <message>
      <source>Annotated: nobody falls</source>
      <translation>Laut Anmerkung stürzt niemand</translation>
    </message>
    <message>
      <source>Annotated: {0} fall(s)</source>
      <translation>Angemerkte Stürze: {0}</translation>
    </message>
    <message>
      <source>Broken off. What was analysed is kept.</source>
      <translation>Abgebrochen. Was ausgewertet ist, bleibt erhalten.</translation>
    </message>
    <message>
      <source>Clips</source>
      <translation>Clips</translation>
    </message>
    <message>
      <source>Clips evaluated</source>
      <translation>Ausgewertete Clips</translation>
    </message>
    <message>
      <source>Every clip is sent through the whole chain.</source>
      <translation>Jeder Clip durchläuft die ganze Kette.</translation>
    </message>
    <message>
      <source>Getting ready.</source>
      <translation>Wird vorbereitet.</translation>
    </message>
    <message>
      <source>No alarm</source>
      <translation>Kein Alarm</translation>
    </message>
    <message>
      <source>Not annotated</source>
      <translation>Ohne Anmerkung</translation>
    </message>
    <message>
      <source>Open &amp;files…</source>
      <translation>&amp;Dateien öffnen…</translation>
    </message>
    <message>
      <source>Open a folder of clips</source>
      <translation>Ordner mit Clips öffnen</translation>
    </message>
    <message>
      <source>Open clips</source>
      <translation>Clips öffnen</translation>
    </message>
    <message>
      <source>Open f&amp;older…</source>
      <translation>&amp;Ordner öffnen…</translation>
    </message>
    <message>
      <source>Recorded clips</source>
      <translation>Aufgezeichnete Clips</translation>
    </message>
    <message>
      <source>Show &amp;report</source>
      <translation>&amp;Bericht zeigen</translation>
    </message>
    <message>
      <source>Stop &amp;evaluating</source>
      <translation>Auswertung &amp;anhalten</translation>
    </message>
    <message>
      <source>Videos ({0})</source>
      <translation>Videos ({0})</translation>
    </message>
    <message>
      <source>{0} at {1}</source>
      <translation>{0} bei {1}</translation>
    </message>
    <message>
      <source>{0} of {1} clips</source>
      <translation>{0} von {1} Clips</translation>
    </message>
    <message>
      <source>{0} so far</source>
      <translation>bisher {0}</translation>
    </message>
  </context>
  <context>
    <name>ClipView</name>
    <message>
      <source>Image</source>
      <translation>Bild</translation>
    </message>
  </context>
  <context>
    <name>ComputerPage</name>
    <message>
      <source>&amp;Appearance</source>
      <translation>&amp;Aussehen</translation>
    </message>
    <message>
      <source>&amp;Ask for no PIN any more</source>
      <translation>&amp;Keine PIN mehr verlangen</translation>
    </message>
    <message>
      <source>&amp;Dim full screen (F11) after</source>
      <translation>&amp;Vollbild (F11) abdunkeln nach</translation>
    </message>
    <message>
      <source>&amp;Language, from the next start</source>
      <translation>&amp;Sprache, ab dem nächsten Start</translation>
    </message>
    <message>
      <source>&amp;PIN for pausing, quitting and settings</source>
      <translation>&amp;PIN für Pause, Beenden und Einstellungen</translation>
    </message>
    <message>
      <source>&amp;Start fallwatch with the computer</source>
      <translation>fallwatch mit dem Computer &amp;starten</translation>
    </message>
    <message>
      <source>A PIN is set</source>
      <translation>Eine PIN ist gesetzt</translation>
    </message>
    <message>
      <source>Alarms can always be acknowledged without a PIN.</source>
      <translation>Alarme lassen sich immer ohne PIN bestätigen.</translation>
    </message>
    <message>
      <source>As the computer</source>
      <translation>Wie der Computer</translation>
    </message>
    <message>
      <source>Ask</source>
      <translation>Nachfragen</translation>
    </message>
    <message>
      <source>Dark</source>
      <translation>Dunkel</translation>
    </message>
    <message>
      <source>Go on watching, hidden beside the clock</source>
      <translation>Verborgen neben der Uhr weiter überwachen</translation>
    </message>
    <message>
      <source>Light</source>
      <translation>Hell</translation>
    </message>
    <message>
      <source>When the window is &amp;closed</source>
      <translation>Beim S&amp;chließen des Fensters</translation>
    </message>
    <message>
      <source>min</source>
      <translation>min</translation>
    </message>
    <message>
      <source>never</source>
      <translation>nie</translation>
    </message>
  </context>
  <context>
    <name>ControlBar</name>
    <message>
      <source>Add camera…</source>
      <translation>Kamera hinzufügen…</translation>
    </message>
    <message>
      <source>Analyse a recorded video (Ctrl+O)</source>
      <translation>Ein aufgezeichnetes Video auswerten (Strg+O)</translation>
    </message>
    <message>
      <source>Back to a window with menus (F11)</source>
      <translation>Zurück zum Fenster mit Menüs (F11)</translation>
    </message>
    <message>
      <source>For {0} minutes</source>
      <translation>Für {0} Minuten</translation>
    </message>
    <message>
      <source>Leave full screen</source>
      <translation>Vollbild verlassen</translation>
    </message>
    <message>
      <source>Mute…</source>
      <translation>Stumm…</translation>
    </message>
    <message>
      <source>No alarm sound for a while; alarms are shown all the same</source>
      <translation>Eine Zeit lang kein Alarmton; Alarme werden trotzdem gezeigt</translation>
    </message>
    <message>
      <source>No sound for {0}</source>
      <translation>Kein Ton noch {0}</translation>
    </message>
    <message>
      <source>Not watch some rooms for a while; it ends by itself (Ctrl+T)</source>
      <translation>Einige Räume eine Weile nicht überwachen; das endet von selbst (Strg+T)</translation>
    </message>
    <message>
      <source>Open clip…</source>
      <translation>Clip öffnen…</translation>
    </message>
    <message>
      <source>Pause watching…</source>
      <translation>Überwachung pausieren…</translation>
    </message>
    <message>
      <source>Settings…</source>
      <translation>Einstellungen…</translation>
    </message>
    <message>
      <source>Sound on again</source>
      <translation>Ton wieder ein</translation>
    </message>
    <message>
      <source>Start</source>
      <translation>Start</translation>
    </message>
    <message>
      <source>Start watching (Ctrl+T)</source>
      <translation>Überwachung starten (Strg+T)</translation>
    </message>
    <message>
      <source>Stop</source>
      <translation>Stopp</translation>
    </message>
    <message>
      <source>Stop the clip (Ctrl+T)</source>
      <translation>Clip anhalten (Strg+T)</translation>
    </message>
    <message>
      <source>Times, sounds, quiet hours and more (Ctrl+,)</source>
      <translation>Zeiten, Töne, Ruhezeiten und mehr (Strg+,)</translation>
    </message>
    <message>
      <source>Watch a room with a webcam or a network camera (Ctrl+K)</source>
      <translation>Einen Raum mit Webcam oder Netzwerkkamera überwachen (Strg+K)</translation>
    </message>
  </context>
  <context>
    <name>Days</name>
    <message>
      <source>Friday</source>
      <translation>Freitag</translation>
    </message>
    <message>
      <source>Monday</source>
      <translation>Montag</translation>
    </message>
    <message>
      <source>Saturday</source>
      <translation>Samstag</translation>
    </message>
    <message>
      <source>Sunday</source>
      <translation>Sonntag</translation>
    </message>
    <message>
      <source>Thursday</source>
      <translation>Donnerstag</translation>
    </message>
    <message>
      <source>Tuesday</source>
      <translation>Dienstag</translation>
    </message>
    <message>
      <source>Wednesday</source>
      <translation>Mittwoch</translation>
    </message>
  </context>
  <context>
    <name>EventDialog</name>
    <message>
      <source>&amp;Close</source>
      <translation>&amp;Schließen</translation>
    </message>
    <message>
      <source>&amp;Delete…</source>
      <translation>&amp;Löschen…</translation>
    </message>
    <message>
      <source>&amp;Save clip…</source>
      <translation>Clip &amp;speichern…</translation>
    </message>
    <message>
      <source>Nobody has acknowledged this alarm yet.</source>
      <translation>Diesen Alarm hat noch niemand bestätigt.</translation>
    </message>
    <message>
      <source>There is no clip of its own.</source>
      <translation>Es gibt keinen eigenen Clip.</translation>
    </message>
    <message>
      <source>There is no snapshot of this event.</source>
      <translation>Es gibt kein Bild dieses Ereignisses.</translation>
    </message>
  </context>
  <context>
    <name>EventFilter</name>
    <message>
      <source>Any day</source>
      <translation>Jeder Tag</translation>
    </message>
    <message>
      <source>Any outcome</source>
      <translation>Jedes Urteil</translation>
    </message>
    <message>
      <source>Any room</source>
      <translation>Jeder Raum</translation>
    </message>
    <message>
      <source>Anything</source>
      <translation>Alles</translation>
    </message>
    <message>
      <source>Day</source>
      <translation>Tag</translation>
    </message>
    <message>
      <source>Kind of event</source>
      <translation>Art des Ereignisses</translation>
    </message>
    <message>
      <source>Outcome</source>
      <translation>Ergebnis</translation>
    </message>
    <message>
      <source>Room</source>
      <translation>Raum</translation>
    </message>
    <message>
      <source>Today</source>
      <translation>Heute</translation>
    </message>
    <message>
      <source>Yesterday</source>
      <translation>Gestern</translation>
    </message>
  </context>
  <context>
    <name>EventList</name>
    <message>
      <source>By week…</source>
      <translation>Nach Woche…</translation>
    </message>
    <message>
      <source>Count alarms and false alarms by week and room.</source>
      <translation>Alarme und Fehlalarme nach Woche und Raum zählen.</translation>
    </message>
    <message>
      <source>Double-click or press Enter to see what happened.</source>
      <translation>Doppelklick oder Eingabetaste zeigt, was geschah.</translation>
    </message>
    <message>
      <source>Events</source>
      <translation>Ereignisse</translation>
    </message>
    <message>
      <source>Export…</source>
      <translation>Exportieren…</translation>
    </message>
    <message>
      <source>Nothing has happened yet.</source>
      <translation>Noch ist nichts geschehen.</translation>
    </message>
    <message>
      <source>Nothing of this kind has happened.</source>
      <translation>Nichts dergleichen ist geschehen.</translation>
    </message>
    <message>
      <source>Recent events</source>
      <translation>Letzte Ereignisse</translation>
    </message>
    <message>
      <source>Save the events shown here as CSV or JSON.</source>
      <translation>Die hier gezeigten Ereignisse als CSV oder JSON speichern.</translation>
    </message>
  </context>
  <context>
    <name>EventsController</name>
    <message>
      <source>&amp;Delete</source>
      <translation>&amp;Löschen</translation>
    </message>
    <message>
      <source>&amp;Keep</source>
      <translation>&amp;Behalten</translation>
    </message>
    <message>
      <source>Delete event</source>
      <translation>Ereignis löschen</translation>
    </message>
    <message>
      <source>Delete “{0}” with its snapshot and clip? This cannot be undone.</source>
      <translation>„{0}“ mit Bild und Clip löschen? Das lässt sich nicht rückgängig machen.</translation>
    </message>
    <message>
      <source>Export events</source>
      <translation>Ereignisse exportieren</translation>
    </message>
    <message>
      <source>JSON (*.json)</source>
      <translation>JSON (*.json)</translation>
    </message>
    <message>
      <source>Save clip</source>
      <translation>Clip speichern</translation>
    </message>
    <message>
      <source>Table (*.csv)</source>
      <translation>Tabelle (*.csv)</translation>
    </message>
    <message>
      <source>Video (*.mp4)</source>
      <translation>Video (*.mp4)</translation>
    </message>
  </context>
  <context>
    <name>ExitNotice</name>
    <message>
      <source> min</source>
      <translation> min</translation>
    </message>
    <message>
      <source>&amp;Notice when out of bed for</source>
      <translation>&amp;Hinweis, wenn länger aus dem Bett als</translation>
    </message>
    <message>
      <source>Notice from</source>
      <translation>Hinweis ab</translation>
    </message>
    <message>
      <source>Notice until</source>
      <translation>Hinweis bis</translation>
    </message>
    <message>
      <source>Only &amp;between</source>
      <translation>Nur z&amp;wischen</translation>
    </message>
    <message>
      <source>Out of bed for, in minutes</source>
      <translation>Aus dem Bett seit, in Minuten</translation>
    </message>
    <message>
      <source>and</source>
      <translation>und</translation>
    </message>
  </context>
  <context>
    <name>FiguresDialog</name>
    <message>
      <source>Acknowledged after</source>
      <translation>Bestätigt nach</translation>
    </message>
    <message>
      <source>Alarms</source>
      <translation>Alarme</translation>
    </message>
    <message>
      <source>Alarms by week</source>
      <translation>Alarme nach Woche</translation>
    </message>
    <message>
      <source>Alarms by week and room</source>
      <translation>Alarme nach Woche und Raum</translation>
    </message>
    <message>
      <source>Clips and faults are not counted. A week begins on Monday.</source>
      <translation>Clips und Störungen zählen nicht. Eine Woche beginnt am Montag.</translation>
    </message>
    <message>
      <source>Close</source>
      <translation>Schließen</translation>
    </message>
    <message>
      <source>False</source>
      <translation>Falsch</translation>
    </message>
    <message>
      <source>Nothing has happened yet.</source>
      <translation>Noch ist nichts geschehen.</translation>
    </message>
    <message>
      <source>Real</source>
      <translation>Echt</translation>
    </message>
    <message>
      <source>Room</source>
      <translation>Raum</translation>
    </message>
    <message>
      <source>Week</source>
      <translation>Woche</translation>
    </message>
  </context>
  <context>
    <name>FiguresTable</name>
    <message>
      <source>Acknowledged after</source>
      <translation>Bestätigt nach</translation>
    </message>
    <message>
      <source>Alarms</source>
      <translation>Alarme</translation>
    </message>
    <message>
      <source>False</source>
      <translation>Falsch</translation>
    </message>
    <message>
      <source>Figures by week and room</source>
      <translation>Zahlen nach Woche und Raum</translation>
    </message>
    <message>
      <source>Hours watched</source>
      <translation>Stunden überwacht</translation>
    </message>
    <message>
      <source>Real</source>
      <translation>Echt</translation>
    </message>
    <message>
      <source>Room</source>
      <translation>Raum</translation>
    </message>
    <message>
      <source>Week</source>
      <translation>Woche</translation>
    </message>
  </context>
  <context>
    <name>FileField</name>
    <message>
      <source>Choose a video file</source>
      <translation>Videodatei auswählen</translation>
    </message>
    <message>
      <source>Choose…</source>
      <translation>Auswählen…</translation>
    </message>
    <message>
      <source>Videos ({0})</source>
      <translation>Videos ({0})</translation>
    </message>
  </context>
  <context>
    <name>GapDialog</name>
    <message>
      <source>A room counts as watched only while fresh images of it are analysed. The figures count from midnight, or from the first start of fallwatch today.</source>
      <translation>Ein Raum gilt nur als überwacht, solange frische Bilder von ihm ausgewertet werden. Die Angaben zählen ab Mitternacht oder ab dem ersten Start von fallwatch heute.</translation>
    </message>
    <message>
      <source>Close</source>
      <translation>Schließen</translation>
    </message>
    <message>
      <source>How long</source>
      <translation>Wie lange</translation>
    </message>
    <message>
      <source>Room and time</source>
      <translation>Raum und Zeit</translation>
    </message>
    <message>
      <source>Rooms and their gaps</source>
      <translation>Räume und ihre Lücken</translation>
    </message>
    <message>
      <source>Watched today</source>
      <translation>Heute überwacht</translation>
    </message>
    <message>
      <source>Why</source>
      <translation>Warum</translation>
    </message>
    <message>
      <source>since {0}</source>
      <translation>seit {0}</translation>
    </message>
    <message>
      <source>still lasts</source>
      <translation>dauert an</translation>
    </message>
    <message>
      <source>{0} until now</source>
      <translation>{0} bis jetzt</translation>
    </message>
  </context>
  <context>
    <name>Health</name>
    <message>
      <source>{0}, 1 gap</source>
      <translation>{0}, 1 Lücke</translation>
    </message>
    <message>
      <source>{0}, no gap</source>
      <translation>{0}, keine Lücke</translation>
    </message>
    <message>
      <source>{0}, {1} gaps</source>
      <translation>{0}, {1} Lücken</translation>
    </message>
  </context>
  <context>
    <name>HealthLine</name>
    <message>
      <source>No room is watched.</source>
      <translation>Kein Raum wird überwacht.</translation>
    </message>
    <message>
      <source>Show when a room was not watched today, and why</source>
      <translation>Zeigen, wann ein Raum heute nicht überwacht wurde und warum</translation>
    </message>
    <message>
      <source>Watched today:  {0}</source>
      <translation>Heute überwacht:  {0}</translation>
    </message>
  </context>
  <context>
    <name>Help</name>
    <message>
      <source>Acknowledge all alarms that wait</source>
      <translation>Alle wartenden Alarme bestätigen</translation>
    </message>
    <message>
      <source>Acknowledge it as a false alarm</source>
      <translation>Ihn als Fehlalarm bestätigen</translation>
    </message>
    <message>
      <source>Acknowledge the alarm that is shown</source>
      <translation>Den gezeigten Alarm bestätigen</translation>
    </message>
    <message>
      <source>Add a camera</source>
      <translation>Eine Kamera hinzufügen</translation>
    </message>
    <message>
      <source>Enlarge a room</source>
      <translation>Einen Raum groß zeigen</translation>
    </message>
    <message>
      <source>Full screen, and back</source>
      <translation>Vollbild und zurück</translation>
    </message>
    <message>
      <source>Guide</source>
      <translation>Anleitung</translation>
    </message>
    <message>
      <source>Key</source>
      <translation>Taste</translation>
    </message>
    <message>
      <source>Night review</source>
      <translation>Nachtrückblick</translation>
    </message>
    <message>
      <source>Open a clip</source>
      <translation>Einen Clip öffnen</translation>
    </message>
    <message>
      <source>Pause or start watching</source>
      <translation>Überwachung pausieren oder starten</translation>
    </message>
    <message>
      <source>Quit</source>
      <translation>Beenden</translation>
    </message>
    <message>
      <source>Recorded clips</source>
      <translation>Aufgezeichnete Clips</translation>
    </message>
    <message>
      <source>Self-test</source>
      <translation>Selbsttest</translation>
    </message>
    <message>
      <source>Settings</source>
      <translation>Einstellungen</translation>
    </message>
    <message>
      <source>Show all rooms</source>
      <translation>Alle Räume zeigen</translation>
    </message>
    <message>
      <source>What it does</source>
      <translation>Was sie tut</translation>
    </message>
    <message>
      <source>fallwatch is free software under the MIT licence; its pose networks are Apache-2.0.</source>
      <translation>fallwatch ist freie Software unter der MIT-Lizenz; seine Posennetze stehen unter Apache-2.0.</translation>
    </message>
    <message>
      <source>fallwatch is no medical device. It watches where nobody can; it does not take the place of care.</source>
      <translation>fallwatch ist kein Medizinprodukt. Es sieht hin, wo niemand hinsehen kann; Pflege ersetzt es nicht.</translation>
    </message>
    <message>
      <source>{0} is missing. Install fallwatch again.</source>
      <translation>{0} fehlt. Installieren Sie fallwatch neu.</translation>
    </message>
    <message>
      <source>{0}, held</source>
      <translation>{0}, gedrückt gehalten</translation>
    </message>
  </context>
  <context>
    <name>HelpMenu</name>
    <message>
      <source>&amp;Collect a report…</source>
      <translation>&amp;Bericht zusammenstellen…</translation>
    </message>
    <message>
      <source>&amp;Guide</source>
      <translation>&amp;Anleitung</translation>
    </message>
    <message>
      <source>&amp;Help</source>
      <translation>&amp;Hilfe</translation>
    </message>
    <message>
      <source>&amp;Keys</source>
      <translation>&amp;Tasten</translation>
    </message>
    <message>
      <source>A&amp;bout fallwatch</source>
      <translation>Übe&amp;r fallwatch</translation>
    </message>
    <message>
      <source>About fallwatch</source>
      <translation>Über fallwatch</translation>
    </message>
    <message>
      <source>Archive (*.zip)</source>
      <translation>Archiv (*.zip)</translation>
    </message>
    <message>
      <source>Collect a report</source>
      <translation>Bericht zusammenstellen</translation>
    </message>
    <message>
      <source>Guide</source>
      <translation>Anleitung</translation>
    </message>
    <message>
      <source>Keys</source>
      <translation>Tasten</translation>
    </message>
    <message>
      <source>Set-up &amp;assistant…</source>
      <translation>&amp;Einrichtungsassistent…</translation>
    </message>
  </context>
  <context>
    <name>HoldBar</name>
    <message>
      <source>Hold: acknowledge all {1} ({0})</source>
      <translation>Halten: alle {1} bestätigen ({0})</translation>
    </message>
  </context>
  <context>
    <name>Kiosk</name>
    <message>
      <source>&amp;Full screen</source>
      <translation>&amp;Vollbild</translation>
    </message>
  </context>
  <context>
    <name>MainWindow</name>
    <message>
      <source>&amp;Acknowledge</source>
      <translation>&amp;Bestätigen</translation>
    </message>
    <message>
      <source>&amp;Alarm</source>
      <translation>&amp;Alarm</translation>
    </message>
    <message>
      <source>&amp;All rooms</source>
      <translation>&amp;Alle Räume</translation>
    </message>
    <message>
      <source>&amp;False alarm</source>
      <translation>&amp;Fehlalarm</translation>
    </message>
    <message>
      <source>&amp;Pause or start watching</source>
      <translation>Überwachung &amp;pausieren oder starten</translation>
    </message>
    <message>
      <source>&amp;Quit</source>
      <translation>&amp;Beenden</translation>
    </message>
    <message>
      <source>&amp;Watch</source>
      <translation>&amp;Überwachen</translation>
    </message>
    <message>
      <source>Add &amp;camera…</source>
      <translation>&amp;Kamera hinzufügen…</translation>
    </message>
    <message>
      <source>All files (*)</source>
      <translation>Alle Dateien (*)</translation>
    </message>
    <message>
      <source>Open c&amp;lip…</source>
      <translation>C&amp;lip öffnen…</translation>
    </message>
    <message>
      <source>Open clip</source>
      <translation>Clip öffnen</translation>
    </message>
    <message>
      <source>S&amp;ettings…</source>
      <translation>&amp;Einstellungen…</translation>
    </message>
    <message>
      <source>Videos ({0})</source>
      <translation>Videos ({0})</translation>
    </message>
  </context>
  <context>
    <name>Message</name>
    <message>
      <source>A clip may last {0} seconds at most.</source>
      <translation>Ein Clip darf höchstens {0} Sekunden lang sein.</translation>
    </message>
    <message>
      <source>A false alarm, says {0}.</source>
      <translation>Ein Fehlalarm, sagt {0}.</translation>
    </message>
    <message>
      <source>A file may have {0} megabytes at most.</source>
      <translation>Eine Datei darf höchstens {0} Megabyte groß sein.</translation>
    </message>
    <message>
      <source>A message of the broker</source>
      <translation>Eine Nachricht des Brokers</translation>
    </message>
    <message>
      <source>A number from {0} to {1} is wanted.</source>
      <translation>Es muss eine Zahl von {0} bis {1} sein.</translation>
    </message>
    <message>
      <source>A part of fallwatch itself failed ({0}). The rest goes on. Check that every room is watched; start fallwatch again if it is not.</source>
      <translation>Ein Teil von fallwatch selbst ist ausgefallen ({0}). Der Rest läuft weiter. Prüfen Sie, ob jeder Raum überwacht wird; starten Sie fallwatch sonst neu.</translation>
    </message>
    <message>
      <source>A recorded fall goes the way of a real one, up to the alarm.</source>
      <translation>Ein aufgezeichneter Sturz geht den Weg eines echten, bis zum Alarm.</translation>
    </message>
    <message>
      <source>A test fall through the whole chain</source>
      <translation>Ein Probesturz durch die ganze Kette</translation>
    </message>
    <message>
      <source>A test has reached {0}.</source>
      <translation>Ein Test hat {0} erreicht.</translation>
    </message>
    <message>
      <source>A test is being sent already.</source>
      <translation>Es wird schon ein Test gesendet.</translation>
    </message>
    <message>
      <source>A test was told. Did you notice it?</source>
      <translation>Ein Test wurde gemeldet. Haben Sie ihn bemerkt?</translation>
    </message>
    <message>
      <source>Acknowledge</source>
      <translation>Bestätigen</translation>
    </message>
    <message>
      <source>Acknowledged by {0}.</source>
      <translation>Bestätigt von {0}.</translation>
    </message>
    <message>
      <source>Acknowledged, but it still lasts, after {0} minutes.</source>
      <translation>Bestätigt, aber es hält an, nach {0} Minuten.</translation>
    </message>
    <message>
      <source>Acknowledged. Whoever was notified can see that it was you.</source>
      <translation>Bestätigt. Wer benachrichtigt wurde, sieht, dass Sie es waren.</translation>
    </message>
    <message>
      <source>Add a camera for each room.</source>
      <translation>Fügen Sie für jeden Raum eine Kamera hinzu.</translation>
    </message>
    <message>
      <source>Alarm not recorded</source>
      <translation>Alarm nicht festgehalten</translation>
    </message>
    <message>
      <source>Alarm record damaged</source>
      <translation>Alarmaufzeichnung beschädigt</translation>
    </message>
    <message>
      <source>Alarm record not written</source>
      <translation>Alarmaufzeichnung nicht geschrieben</translation>
    </message>
    <message>
      <source>Alarm sound</source>
      <translation>Alarmton</translation>
    </message>
    <message>
      <source>Alarm: {0}</source>
      <translation>Alarm: {0}</translation>
    </message>
    <message>
      <source>Alarms about people are no longer paused. {0}</source>
      <translation>Alarme über Personen sind nicht mehr pausiert. {0}</translation>
    </message>
    <message>
      <source>Alarms by way of {0}</source>
      <translation>Alarme über {0}</translation>
    </message>
    <message>
      <source>Alarms cannot sound. {0} Check that a loudspeaker is connected and chosen in the system's sound settings.</source>
      <translation>Alarme können nicht ertönen. {0} Prüfen Sie, dass ein Lautsprecher angeschlossen und in den Toneinstellungen des Systems gewählt ist.</translation>
    </message>
    <message>
      <source>Alarms cannot sound: the sound file {0} is missing. Install fallwatch again.</source>
      <translation>Alarme können nicht ertönen: Die Tondatei {0} fehlt. Installieren Sie fallwatch neu.</translation>
    </message>
    <message>
      <source>Alarms cannot sound: this computer has no program that plays sounds. On Debian or Ubuntu install the packages alsa-utils and mpg123, then restart fallwatch.</source>
      <translation>Alarme können nicht ertönen: Auf diesem Computer gibt es kein Programm, das Töne abspielt. Installieren Sie unter Debian oder Ubuntu die Pakete alsa-utils und mpg123 und starten Sie fallwatch neu.</translation>
    </message>
    <message>
      <source>Alarms cannot sound: this computer has no sound output. Connect a loudspeaker, or switch the sound device on in the system's settings.</source>
      <translation>Alarme können nicht ertönen: Dieser Computer hat keine Tonausgabe. Schließen Sie einen Lautsprecher an oder schalten Sie das Tongerät in den Einstellungen des Systems ein.</translation>
    </message>
    <message>
      <source>Alarms for {0} have hung for {1} seconds. Restart fallwatch if it stays so.</source>
      <translation>Alarme für {0} hängen seit {1} Sekunden. Starten Sie fallwatch neu, wenn es so bleibt.</translation>
    </message>
    <message>
      <source>Alarms of other computers do not reach this one. {0}</source>
      <translation>Alarme anderer Computer erreichen diesen nicht. {0}</translation>
    </message>
    <message>
      <source>Alarms sound, but cannot be recorded. {0}</source>
      <translation>Alarme ertönen, können aber nicht festgehalten werden. {0}</translation>
    </message>
    <message>
      <source>Alarms work, but a snapshot or clip is missing. {0}</source>
      <translation>Alarme arbeiten, aber ein Bild oder Clip fehlt. {0}</translation>
    </message>
    <message>
      <source>Already acknowledged by {0} at {1}.</source>
      <translation>Bereits bestätigt von {0} um {1}.</translation>
    </message>
    <message>
      <source>An alarm sounds, but the event record can never take it ({0}). It is kept in {1}. Please report this.</source>
      <translation>Ein Alarm ertönt, aber das Ereignisprotokoll kann ihn nie aufnehmen ({0}). Er liegt in {1}. Bitte melden Sie das.</translation>
    </message>
    <message>
      <source>An image may have {0} megapixels at most.</source>
      <translation>Ein Bild darf höchstens {0} Megapixel haben.</translation>
    </message>
    <message>
      <source>Analysis</source>
      <translation>Auswertung</translation>
    </message>
    <message>
      <source>Analysis failed</source>
      <translation>Auswertung gestört</translation>
    </message>
    <message>
      <source>Analysis too slow</source>
      <translation>Auswertung zu langsam</translation>
    </message>
    <message>
      <source>Another fallwatch speaks at the broker with the identity of this one: the alarms of one can be lost among those of the other. On one of the two, end fallwatch, delete the file {0} and start it again; and start only one fallwatch for each home folder.</source>
      <translation>Ein anderes fallwatch spricht beim Broker mit der Kennung von diesem: Alarme des einen können unter denen des anderen verloren gehen. Beenden Sie fallwatch auf einem der beiden, löschen Sie die Datei {0} und starten Sie es neu; und starten Sie für jeden Ordner nur ein fallwatch.</translation>
    </message>
    <message>
      <source>Are beds and sofas marked?</source>
      <translation>Sind Betten und Sofas markiert?</translation>
    </message>
    <message>
      <source>At least {0} for each camera are needed. Close other programs, or watch fewer cameras.</source>
      <translation>Mindestens {0} je Kamera sind nötig. Schließen Sie andere Programme oder überwachen Sie weniger Kameras.</translation>
    </message>
    <message>
      <source>At {0}.</source>
      <translation>Um {0}.</translation>
    </message>
    <message>
      <source>Bundled fall</source>
      <translation>Mitgelieferter Sturz</translation>
    </message>
    <message>
      <source>Camera</source>
      <translation>Kamera</translation>
    </message>
    <message>
      <source>Camera lost</source>
      <translation>Kamera ausgefallen</translation>
    </message>
    <message>
      <source>Camera moved</source>
      <translation>Kamera verstellt</translation>
    </message>
    <message>
      <source>Camera {0}</source>
      <translation>Kamera {0}</translation>
    </message>
    <message>
      <source>Care visit</source>
      <translation>Pflegebesuch</translation>
    </message>
    <message>
      <source>Care visit over</source>
      <translation>Pflegebesuch vorbei</translation>
    </message>
    <message>
      <source>Care visit: {0} was in the room.</source>
      <translation>Pflegebesuch: {0} war im Raum.</translation>
    </message>
    <message>
      <source>Check who owns the folder, and the disk.</source>
      <translation>Prüfen Sie, wem der Ordner gehört, und die Festplatte.</translation>
    </message>
    <message>
      <source>Choose a file first.</source>
      <translation>Wählen Sie zuerst eine Datei.</translation>
    </message>
    <message>
      <source>Chosen classifier missing</source>
      <translation>Gewählter Klassifikator fehlt</translation>
    </message>
    <message>
      <source>Clip ended</source>
      <translation>Clip zu Ende</translation>
    </message>
    <message>
      <source>Clock set</source>
      <translation>Uhr verstellt</translation>
    </message>
    <message>
      <source>Data folder</source>
      <translation>Datenordner</translation>
    </message>
    <message>
      <source>Decoder</source>
      <translation>Decoder</translation>
    </message>
    <message>
      <source>Device</source>
      <translation>Gerät</translation>
    </message>
    <message>
      <source>Disk almost full</source>
      <translation>Speicher fast voll</translation>
    </message>
    <message>
      <source>Disk space</source>
      <translation>Platz auf der Festplatte</translation>
    </message>
    <message>
      <source>Does the camera see the room?</source>
      <translation>Sieht die Kamera den Raum?</translation>
    </message>
    <message>
      <source>Event record</source>
      <translation>Ereignisdatei</translation>
    </message>
    <message>
      <source>Everybody at this computer.</source>
      <translation>Alle an diesem Computer.</translation>
    </message>
    <message>
      <source>Failed</source>
      <translation>Fehler</translation>
    </message>
    <message>
      <source>Fall</source>
      <translation>Sturz</translation>
    </message>
    <message>
      <source>Fault in fallwatch itself</source>
      <translation>Fehler in fallwatch selbst</translation>
    </message>
    <message>
      <source>Fault in the alarms</source>
      <translation>Störung bei den Alarmen</translation>
    </message>
    <message>
      <source>First add a camera.</source>
      <translation>Fügen Sie zuerst eine Kamera hinzu.</translation>
    </message>
    <message>
      <source>Frames are judged by {0}.</source>
      <translation>Die Bilder wertet aus: {0}.</translation>
    </message>
    <message>
      <source>Free some space: without it events are recorded without clips, or not at all.</source>
      <translation>Schaffen Sie Platz: Sonst werden Ereignisse ohne Clips oder gar nicht festgehalten.</translation>
    </message>
    <message>
      <source>Getting ready</source>
      <translation>Wird vorbereitet</translation>
    </message>
    <message>
      <source>Getting ready again.</source>
      <translation>Wird erneut vorbereitet.</translation>
    </message>
    <message>
      <source>Getting ready…</source>
      <translation>Wird vorbereitet…</translation>
    </message>
    <message>
      <source>Got up again</source>
      <translation>Wieder aufgestanden</translation>
    </message>
    <message>
      <source>Graphics or neural processor failed</source>
      <translation>Grafik- oder neuronaler Prozessor ausgefallen</translation>
    </message>
    <message>
      <source>Held back during a care visit, in which fallwatch was broken off. It happened since the time given here, which is that of the visit's beginning.</source>
      <translation>Während eines Besuchs zurückgehalten, in dem fallwatch unterbrochen wurde. Es geschah nach der hier genannten Zeit, dem Beginn des Besuchs.</translation>
    </message>
    <message>
      <source>High – misses the fewest falls</source>
      <translation>Hoch – übersieht die wenigsten Stürze</translation>
    </message>
    <message>
      <source>Image dark or blocked</source>
      <translation>Bild dunkel oder verdeckt</translation>
    </message>
    <message>
      <source>Image frozen</source>
      <translation>Bild eingefroren</translation>
    </message>
    <message>
      <source>Images are being analysed.</source>
      <translation>Bilder werden ausgewertet.</translation>
    </message>
    <message>
      <source>Images arrive late</source>
      <translation>Bilder kommen zu spät</translation>
    </message>
    <message>
      <source>Images arrive late: what {0} shows is several seconds old. This computer or the network is too busy: close other programs, watch fewer rooms, or set the camera to smaller images.</source>
      <translation>Die Bilder kommen zu spät an: Was {0} zeigt, ist mehrere Sekunden alt. Dieser Computer oder das Netzwerk ist überlastet: Schließen Sie andere Programme, überwachen Sie weniger Räume, oder stellen Sie die Kamera auf kleinere Bilder ein.</translation>
    </message>
    <message>
      <source>In the room: {0}. Alarms about people are paused here.</source>
      <translation>Im Raum: {0}. Alarme über Personen sind hier pausiert.</translation>
    </message>
    <message>
      <source>Install fallwatch again, or choose another classifier.</source>
      <translation>Installieren Sie fallwatch neu oder wählen Sie einen anderen Klassifikator.</translation>
    </message>
    <message>
      <source>Install fallwatch again.</source>
      <translation>Installieren Sie fallwatch neu.</translation>
    </message>
    <message>
      <source>Install its driver, or choose the processor in Settings &gt; Advanced.</source>
      <translation>Installieren Sie seinen Treiber, oder wählen Sie unter Einstellungen &gt; Erweitert den Prozessor.</translation>
    </message>
    <message>
      <source>Is the alarm heard?</source>
      <translation>Wird der Alarm gehört?</translation>
    </message>
    <message>
      <source>It cannot be read ({0}).</source>
      <translation>Sie ist nicht lesbar ({0}).</translation>
    </message>
    <message>
      <source>It could not be delivered for too long.</source>
      <translation>Es konnte zu lange nicht zugestellt werden.</translation>
    </message>
    <message>
      <source>It gives images of {0}, and they change.</source>
      <translation>Sie liefert Bilder von {0}, und sie ändern sich.</translation>
    </message>
    <message>
      <source>It gives images, but nothing is to be seen in them.</source>
      <translation>Sie liefert Bilder, aber darauf ist nichts zu sehen.</translation>
    </message>
    <message>
      <source>It has shown the very same image for {0} seconds.</source>
      <translation>Sie zeigt seit {0} Sekunden genau dasselbe Bild.</translation>
    </message>
    <message>
      <source>It is damaged ({0}).</source>
      <translation>Sie ist beschädigt ({0}).</translation>
    </message>
    <message>
      <source>It is over by itself, but nobody has acknowledged it yet.</source>
      <translation>Er ist von selbst vorbei, aber noch niemand hat ihn bestätigt.</translation>
    </message>
    <message>
      <source>It is over.</source>
      <translation>Er ist vorbei.</translation>
    </message>
    <message>
      <source>It is whole.</source>
      <translation>Sie ist unversehrt.</translation>
    </message>
    <message>
      <source>It was acknowledged before it was this recipient's turn.</source>
      <translation>Der Alarm wurde bestätigt, bevor dieser Empfänger an der Reihe war.</translation>
    </message>
    <message>
      <source>It was seen, but did not become a recorded alarm that is told.</source>
      <translation>Er wurde gesehen, aber kein festgehaltener und gemeldeter Alarm.</translation>
    </message>
    <message>
      <source>It was seen, recorded and told {0} s after it began.</source>
      <translation>Er wurde {0} s nach seinem Beginn gesehen, festgehalten und gemeldet.</translation>
    </message>
    <message>
      <source>It was seen, recorded and told.</source>
      <translation>Er wurde gesehen, aufgezeichnet und gemeldet.</translation>
    </message>
    <message>
      <source>It was written by a newer fallwatch.</source>
      <translation>Sie stammt von einem neueren fallwatch.</translation>
    </message>
    <message>
      <source>Its watcher has given no word for {0} seconds.</source>
      <translation>Seine Überwachung hat sich seit {0} Sekunden nicht gemeldet.</translation>
    </message>
    <message>
      <source>Key of notifications lost</source>
      <translation>Schlüssel der Benachrichtigungen verloren</translation>
    </message>
    <message>
      <source>List of phones damaged</source>
      <translation>Liste der Telefone beschädigt</translation>
    </message>
    <message>
      <source>Looking after the alarms</source>
      <translation>Die Betreuung der Alarme</translation>
    </message>
    <message>
      <source>Looking again after the gap</source>
      <translation>Das erneute Nachsehen nach der Lücke</translation>
    </message>
    <message>
      <source>Low – fewest false alarms</source>
      <translation>Niedrig – wenigste Fehlalarme</translation>
    </message>
    <message>
      <source>Lying for a long time</source>
      <translation>Liegt schon lange</translation>
    </message>
    <message>
      <source>Messages not delivered</source>
      <translation>Nachrichten nicht zugestellt</translation>
    </message>
    <message>
      <source>Messages to {0}</source>
      <translation>Nachrichten an {0}</translation>
    </message>
    <message>
      <source>Messages to {0} wait, and are tried again. {1}</source>
      <translation>Nachrichten an {0} warten und werden erneut versucht. {1}</translation>
    </message>
    <message>
      <source>Monitoring</source>
      <translation>Überwacht</translation>
    </message>
    <message>
      <source>More comes from {0} by the broker than can be true: some of it is left out or shown late. The alarms of this computer and of the others are told as always. Check that computer, and who may write at the broker.</source>
      <translation>Von {0} kommt über den Broker mehr, als wahr sein kann: Ein Teil davon wird weggelassen oder spät gezeigt. Die Alarme dieses Computers und der anderen werden gemeldet wie immer. Prüfen Sie jenen Computer und wer beim Broker schreiben darf.</translation>
    </message>
    <message>
      <source>Move {0} to another place; fallwatch then begins a new record.</source>
      <translation>Verschieben Sie {0} an einen anderen Ort; fallwatch fängt dann eine neue an.</translation>
    </message>
    <message>
      <source>No camera is set up yet. Recorded clips can be opened all the same.</source>
      <translation>Es ist noch keine Kamera eingerichtet. Aufgezeichnete Clips lassen sich trotzdem öffnen.</translation>
    </message>
    <message>
      <source>No connection to the broker</source>
      <translation>Keine Verbindung zum Broker</translation>
    </message>
    <message>
      <source>No fallwatch on this computer watches it now.</source>
      <translation>Kein fallwatch auf diesem Computer überwacht ihn gerade.</translation>
    </message>
    <message>
      <source>No fresh image</source>
      <translation>Kein frisches Bild</translation>
    </message>
    <message>
      <source>No image</source>
      <translation>Kein Bild</translation>
    </message>
    <message>
      <source>No image has been analysed for {0} s.</source>
      <translation>Seit {0} s wurde kein Bild ausgewertet.</translation>
    </message>
    <message>
      <source>No image yet after {0} s.</source>
      <translation>Nach {0} s noch kein Bild.</translation>
    </message>
    <message>
      <source>No new image for {0} s.</source>
      <translation>Seit {0} s kein neues Bild.</translation>
    </message>
    <message>
      <source>No notification can be encrypted ({0}).</source>
      <translation>Es kann keine Benachrichtigung verschlüsselt werden ({0}).</translation>
    </message>
    <message>
      <source>No phone can be notified: the key of this computer's notifications cannot be used ({0}). Make the file readable and its folder writable.</source>
      <translation>Kein Telefon kann benachrichtigt werden: Der Schlüssel für die Benachrichtigungen dieses Computers ist nicht brauchbar ({0}). Machen Sie die Datei lesbar und ihren Ordner beschreibbar.</translation>
    </message>
    <message>
      <source>No second person was seen for {0} minutes.</source>
      <translation>{0} Minuten lang war keine zweite Person zu sehen.</translation>
    </message>
    <message>
      <source>No service of this system puts it to sleep.</source>
      <translation>Kein Dienst dieses Systems versetzt es in den Ruhezustand.</translation>
    </message>
    <message>
      <source>No sound</source>
      <translation>Kein Ton</translation>
    </message>
    <message>
      <source>No source was given</source>
      <translation>Es ist keine Quelle angegeben</translation>
    </message>
    <message>
      <source>No test has reached {0}. Check the address in the settings.</source>
      <translation>Kein Test hat {0} erreicht. Prüfen Sie die Adresse in den Einstellungen.</translation>
    </message>
    <message>
      <source>No webcam is plugged into this PC, or you may not use it.</source>
      <translation>An diesem PC ist keine Webcam angeschlossen, oder Sie dürfen sie nicht benutzen.</translation>
    </message>
    <message>
      <source>No word from another computer</source>
      <translation>Keine Nachricht von einem anderen Computer</translation>
    </message>
    <message>
      <source>Nobody has acknowledged this alarm yet: it cannot be deleted.</source>
      <translation>Diesen Alarm hat noch niemand bestätigt: Er kann nicht gelöscht werden.</translation>
    </message>
    <message>
      <source>Nobody was in view for {0} minutes.</source>
      <translation>{0} Minuten lang war niemand zu sehen.</translation>
    </message>
    <message>
      <source>Nobody watched for a while</source>
      <translation>Eine Zeit lang hat niemand gewacht</translation>
    </message>
    <message>
      <source>Nobody watched from {0} to {1}: the computer slept or was stopped. Look after whoever is in these rooms: {2}. In the system's power settings, set it to never sleep while plugged in.</source>
      <translation>Von {0} bis {1} hat niemand gewacht: Der Computer hat geschlafen oder war angehalten. Sehen Sie nach, wer in diesen Räumen ist: {2}. Stellen Sie in den Energieeinstellungen des Systems ein, dass er am Netzteil nie in den Ruhezustand geht.</translation>
    </message>
    <message>
      <source>Nobody watched this room for {0} minutes, as wanted.</source>
      <translation>Dieser Raum wurde auf Wunsch {0} Minuten lang nicht überwacht.</translation>
    </message>
    <message>
      <source>Nobody yet. Add somebody, or say that none is needed.</source>
      <translation>Noch niemand. Fügen Sie jemanden hinzu oder sagen Sie, dass niemand nötig ist.</translation>
    </message>
    <message>
      <source>Nobody: whoever helps hears this computer.</source>
      <translation>Niemand: Wer hilft, hört diesen Computer.</translation>
    </message>
    <message>
      <source>Normal – balanced</source>
      <translation>Normal – ausgewogen</translation>
    </message>
    <message>
      <source>Not marked in: {0}. Who lies there would raise an alarm.</source>
      <translation>Nicht markiert in: {0}. Wer dort liegt, würde einen Alarm auslösen.</translation>
    </message>
    <message>
      <source>Not monitoring</source>
      <translation>Keine Überwachung</translation>
    </message>
    <message>
      <source>Not monitoring.</source>
      <translation>Nicht überwacht.</translation>
    </message>
    <message>
      <source>Not watched now: {0}.</source>
      <translation>Jetzt nicht überwacht: {0}.</translation>
    </message>
    <message>
      <source>Nothing has been heard of this room for a while.</source>
      <translation>Von diesem Raum ist seit einer Weile nichts zu hören.</translation>
    </message>
    <message>
      <source>Nothing has been recorded yet.</source>
      <translation>Es ist noch nichts festgehalten.</translation>
    </message>
    <message>
      <source>Nothing has happened. Alarms reach this phone.</source>
      <translation>Es ist nichts geschehen. Alarme erreichen dieses Telefon.</translation>
    </message>
    <message>
      <source>Nothing open</source>
      <translation>Nichts geöffnet</translation>
    </message>
    <message>
      <source>Nothing was taken over.</source>
      <translation>Es wurde nichts übernommen.</translation>
    </message>
    <message>
      <source>Notifications are off on this phone.</source>
      <translation>Benachrichtigungen sind auf diesem Telefon aus.</translation>
    </message>
    <message>
      <source>Of 1 fall {0} was found, with {1} false alarms.</source>
      <translation>Von 1 Sturz wurde {0} gefunden, mit {1} Fehlalarmen.</translation>
    </message>
    <message>
      <source>Of this event nothing is kept.</source>
      <translation>Von diesem Ereignis ist nichts gespeichert.</translation>
    </message>
    <message>
      <source>One event in the record {0} is damaged ({1}) and is left out. Check the disk.</source>
      <translation>Ein Ereignis in der Datei {0} ist beschädigt ({1}) und wird weggelassen. Prüfen Sie die Festplatte.</translation>
    </message>
    <message>
      <source>Only alarms are published at the broker. Look at its own log.</source>
      <translation>Beim Broker werden nur Alarme veröffentlicht. Sehen Sie in sein eigenes Protokoll.</translation>
    </message>
    <message>
      <source>Only {0} MB are free on the disk of {1}. Alarms work and are recorded, but without clips. Free some space, or shorten how long recordings are kept.</source>
      <translation>Auf der Festplatte von {1} sind nur {0} MB frei. Alarme arbeiten und werden festgehalten, aber ohne Clips. Schaffen Sie Platz oder bewahren Sie Aufnahmen kürzer auf.</translation>
    </message>
    <message>
      <source>Only {0} frames a second are analysed in {1}, and a fall may be missed. {2}.</source>
      <translation>Nur {0} Bilder je Sekunde werden in {1} ausgewertet; ein Sturz kann unbemerkt bleiben. {2}.</translation>
    </message>
    <message>
      <source>Open a camera, or drop a video clip here.</source>
      <translation>Fügen Sie eine Kamera hinzu oder ziehen Sie einen Videoclip hierher.</translation>
    </message>
    <message>
      <source>OpenVINO cannot load {0} ({1}). Export '{2}' again.</source>
      <translation>OpenVINO kann {0} nicht laden ({1}). Exportieren Sie '{2}' noch einmal.</translation>
    </message>
    <message>
      <source>OpenVINO cannot load {0} ({1}). Install fallwatch again, or replace your own pose_landmarker_*.task by an official one.</source>
      <translation>OpenVINO kann {0} nicht laden ({1}). Installieren Sie fallwatch neu, oder ersetzen Sie Ihre eigene pose_landmarker_*.task durch eine offizielle.</translation>
    </message>
    <message>
      <source>Opening {0} was interrupted.</source>
      <translation>Das Öffnen von {0} wurde abgebrochen.</translation>
    </message>
    <message>
      <source>Out of bed</source>
      <translation>Bett verlassen</translation>
    </message>
    <message>
      <source>Page for phones not served</source>
      <translation>Seite für Telefone nicht erreichbar</translation>
    </message>
    <message>
      <source>Pairing codes were guessed</source>
      <translation>Kopplungscodes wurden geraten</translation>
    </message>
    <message>
      <source>Paused</source>
      <translation>Pausiert</translation>
    </message>
    <message>
      <source>Paused by {0} until {1}.</source>
      <translation>Pausiert von {0} bis {1}.</translation>
    </message>
    <message>
      <source>Paused by {0}.</source>
      <translation>Pausiert von {0}.</translation>
    </message>
    <message>
      <source>Person on the floor</source>
      <translation>Person am Boden</translation>
    </message>
    <message>
      <source>Phone gets no notifications any more</source>
      <translation>Telefon wird nicht mehr benachrichtigt</translation>
    </message>
    <message>
      <source>Play the sound, from where somebody sleeps or works.</source>
      <translation>Spielen Sie den Ton ab und hören Sie dort, wo jemand schläft oder arbeitet.</translation>
    </message>
    <message>
      <source>Press Start to go on.</source>
      <translation>Mit Start geht es weiter.</translation>
    </message>
    <message>
      <source>Reading {0} failed: {1}.</source>
      <translation>Das Lesen von {0} ist gescheitert: {1}.</translation>
    </message>
    <message>
      <source>Reading {0} was interrupted.</source>
      <translation>Das Lesen von {0} wurde abgebrochen.</translation>
    </message>
    <message>
      <source>Recording alarms</source>
      <translation>Die Aufzeichnung der Alarme</translation>
    </message>
    <message>
      <source>Say whether you are in the room.</source>
      <translation>Geben Sie an, ob Sie im Raum sind.</translation>
    </message>
    <message>
      <source>See the message above.</source>
      <translation>Siehe die Meldung oben.</translation>
    </message>
    <message>
      <source>Send a test to {0}.</source>
      <translation>Senden Sie einen Test an {0}.</translation>
    </message>
    <message>
      <source>Set a PIN, or say that everybody may.</source>
      <translation>Legen Sie eine PIN fest oder sagen Sie, dass alle dürfen.</translation>
    </message>
    <message>
      <source>Sleep</source>
      <translation>Ruhezustand</translation>
    </message>
    <message>
      <source>Snapshot or clip not stored</source>
      <translation>Bild oder Clip nicht gespeichert</translation>
    </message>
    <message>
      <source>Snapshots are not sent this way.</source>
      <translation>Auf diesem Weg werden keine Bilder gesendet.</translation>
    </message>
    <message>
      <source>Somebody at the address {0} tried many pairing codes on the page for phones. Nobody is let in from there for an hour; all others are not affected.</source>
      <translation>Jemand unter der Adresse {0} hat auf der Seite für Telefone viele Codes probiert. Von dort wird eine Stunde lang niemand zugelassen; alle anderen sind nicht betroffen.</translation>
    </message>
    <message>
      <source>Somebody has been lying on the floor for {0} seconds.</source>
      <translation>Seit {0} Sekunden liegt jemand auf dem Boden.</translation>
    </message>
    <message>
      <source>Somebody lies on the floor, and nobody else is in view.</source>
      <translation>Jemand liegt am Boden, und niemand sonst ist zu sehen.</translation>
    </message>
    <message>
      <source>Somebody stopped the watch.</source>
      <translation>Jemand hat die Überwachung beendet.</translation>
    </message>
    <message>
      <source>Somebody tried many pairing codes on the page for phones. Nobody new is let in for an hour; phones that are paired are not affected.</source>
      <translation>Jemand hat auf der Seite für Telefone viele Kopplungscodes probiert. Eine Stunde lang wird niemand Neues zugelassen; gekoppelte Telefone sind nicht betroffen.</translation>
    </message>
    <message>
      <source>Starting</source>
      <translation>Startet</translation>
    </message>
    <message>
      <source>Still not ready after {0} s.</source>
      <translation>Nach {0} s noch nicht bereit.</translation>
    </message>
    <message>
      <source>Still on the floor</source>
      <translation>Immer noch am Boden</translation>
    </message>
    <message>
      <source>Still on the floor; acknowledged {0} s ago by {1}.</source>
      <translation>Noch immer am Boden; vor {0} s von {1} bestätigt.</translation>
    </message>
    <message>
      <source>Still on the floor; marked as a false alarm {0} s ago by {1}.</source>
      <translation>Noch immer am Boden; vor {0} s von {1} als Fehlalarm gekennzeichnet.</translation>
    </message>
    <message>
      <source>Stopped</source>
      <translation>Angehalten</translation>
    </message>
    <message>
      <source>Stopping</source>
      <translation>Hält an</translation>
    </message>
    <message>
      <source>Stopping.</source>
      <translation>Wird angehalten.</translation>
    </message>
    <message>
      <source>Switch a light on, and check that nothing covers the lens.</source>
      <translation>Schalten Sie Licht an, und prüfen Sie, ob etwas das Objektiv verdeckt.</translation>
    </message>
    <message>
      <source>Switch the camera off and on again.</source>
      <translation>Schalten Sie die Kamera aus und wieder ein.</translation>
    </message>
    <message>
      <source>Switch the sound on in the settings: nobody hears an alarm in the window alone.</source>
      <translation>Schalten Sie den Ton in den Einstellungen ein: Einen Alarm nur im Fenster hört niemand.</translation>
    </message>
    <message>
      <source>Telling alarms</source>
      <translation>Das Melden der Alarme</translation>
    </message>
    <message>
      <source>That is not a time.</source>
      <translation>Das ist keine Zeit.</translation>
    </message>
    <message>
      <source>The acknowledgement did not reach {0}: acknowledge there.</source>
      <translation>Die Bestätigung hat {0} nicht erreicht: Bestätigen Sie dort.</translation>
    </message>
    <message>
      <source>The address of {0} is none that fallwatch can send to. Enter it again; https://appriseit.com lists how addresses are written.</source>
      <translation>An die Adresse von {0} kann fallwatch nicht senden. Geben Sie sie noch einmal ein; https://appriseit.com zeigt, wie Adressen geschrieben werden.</translation>
    </message>
    <message>
      <source>The address of {0} is not known on this computer. Enter it again with: fallwatch notify add</source>
      <translation>Die Adresse von {0} ist auf diesem Computer nicht bekannt. Geben Sie sie noch einmal ein: fallwatch notify add</translation>
    </message>
    <message>
      <source>The alarm about a fault</source>
      <translation>Der Alarm über einen Fehler</translation>
    </message>
    <message>
      <source>The alarm cannot be looked up at the moment. Try it again.</source>
      <translation>Der Alarm kann im Moment nicht nachgesehen werden. Versuchen Sie es noch einmal.</translation>
    </message>
    <message>
      <source>The alarm listener</source>
      <translation>Der Empfänger der Alarme</translation>
    </message>
    <message>
      <source>The alarm sound has hung for {0} seconds. Check the loudspeaker, and restart fallwatch if it stays so.</source>
      <translation>Der Alarmton hängt seit {0} Sekunden. Prüfen Sie den Lautsprecher und starten Sie fallwatch neu, wenn es so bleibt.</translation>
    </message>
    <message>
      <source>The alarm sound is switched off, and there is no other way to tell alarms.</source>
      <translation>Der Alarmton ist ausgeschaltet, und es gibt keinen anderen Weg, Alarme zu melden.</translation>
    </message>
    <message>
      <source>The alarm sound was heard.</source>
      <translation>Der Alarmton wurde gehört.</translation>
    </message>
    <message>
      <source>The alarm was raised again.</source>
      <translation>Der Alarm wurde erneut ausgelöst.</translation>
    </message>
    <message>
      <source>The analysis is too slow: its last result is {0} s old.</source>
      <translation>Die Auswertung ist zu langsam: Ihr letztes Ergebnis ist {0} s alt.</translation>
    </message>
    <message>
      <source>The analysis of {0} failed: {1}</source>
      <translation>Die Analyse von {0} ist gescheitert: {1}</translation>
    </message>
    <message>
      <source>The analysis of {0} failed: {1}.</source>
      <translation>Die Analyse von {0} ist gescheitert: {1}.</translation>
    </message>
    <message>
      <source>The analysis of {0} has failed {1} times in ten minutes, and nobody was watched for a while each time. Start this computer again; if that does not help, install fallwatch again.</source>
      <translation>Die Analyse von {0} ist in zehn Minuten {1}-mal gescheitert, jedes Mal wurde eine Weile niemand überwacht. Starten Sie diesen Computer neu; hilft das nicht, installieren Sie fallwatch neu.</translation>
    </message>
    <message>
      <source>The broker was lost ({0}). It is tried again.</source>
      <translation>Die Verbindung zum Broker ist abgerissen ({0}). Es wird erneut versucht.</translation>
    </message>
    <message>
      <source>The broker {0} cannot be reached. It is tried again; check that it runs, the network and its address.</source>
      <translation>Der Broker {0} ist nicht erreichbar. Es wird erneut versucht; prüfen Sie, dass er läuft, das Netzwerk und die Adresse.</translation>
    </message>
    <message>
      <source>The broker {0} cannot be reached: nobody in the network knows its name. It is tried again; check the address and the network.</source>
      <translation>Der Broker {0} ist nicht erreichbar: Niemand im Netz kennt seinen Namen. Es wird weiter versucht; prüfen Sie die Adresse und das Netz.</translation>
    </message>
    <message>
      <source>The broker {0} cannot be reached: nothing listens there. It is tried again; check that it runs, and the port in its address.</source>
      <translation>Der Broker {0} ist nicht erreichbar: Dort antwortet kein Programm. Es wird weiter versucht; prüfen Sie, ob er läuft, und den Port in seiner Adresse.</translation>
    </message>
    <message>
      <source>The broker {0} cannot be spoken to with encryption ({1}). Check that this port is the one for mqtts, and that broker and certificate file are set up for TLS.</source>
      <translation>Mit dem Broker {0} ist keine verschlüsselte Verbindung möglich ({1}). Prüfen Sie, ob dieser Port der für mqtts ist und ob Broker und Zertifikatsdatei für TLS eingerichtet sind.</translation>
    </message>
    <message>
      <source>The broker {0} did not take a message within {1} seconds. It is tried again; check the broker.</source>
      <translation>Der Broker {0} hat eine Nachricht nicht innerhalb von {1} Sekunden angenommen. Es wird erneut versucht; prüfen Sie den Broker.</translation>
    </message>
    <message>
      <source>The broker {0} ends the connection before it has said a word. It is tried again; check the address: a port for encryption needs mqtts, and one without mqtt.</source>
      <translation>Der Broker {0} beendet die Verbindung, bevor er etwas gesagt hat. Es wird weiter versucht; prüfen Sie die Adresse: Ein verschlüsselter Port braucht mqtts, einer ohne Verschlüsselung mqtt.</translation>
    </message>
    <message>
      <source>The broker {0} has not answered yet.</source>
      <translation>Der Broker {0} hat noch nicht geantwortet.</translation>
    </message>
    <message>
      <source>The broker {0} refused the connection ({1}). Check user and password.</source>
      <translation>Der Broker {0} hat die Verbindung abgelehnt ({1}). Prüfen Sie Benutzer und Passwort.</translation>
    </message>
    <message>
      <source>The broker {0} was lost. It is tried again.</source>
      <translation>Die Verbindung zum Broker {0} ist abgerissen. Es wird erneut versucht.</translation>
    </message>
    <message>
      <source>The camera sends no images. Check its cable and power.</source>
      <translation>Die Kamera sendet keine Bilder. Prüfen Sie Kabel und Strom.</translation>
    </message>
    <message>
      <source>The camera sends no more: set it to at least 10 frames a second</source>
      <translation>Die Kamera sendet nicht mehr: Stellen Sie sie auf mindestens 10 Bilder je Sekunde</translation>
    </message>
    <message>
      <source>The certificate file {0} of the broker cannot be used ({1}). Choose the file of the authority that signed its certificate.</source>
      <translation>Die Zertifikatdatei {0} des Brokers ist nicht brauchbar ({1}). Wählen Sie die Datei der Stelle, die sein Zertifikat unterschrieben hat.</translation>
    </message>
    <message>
      <source>The certificate of the broker {0} is not trusted ({1}). Enter the file of the authority that signed it as the certificate authority of the broker, or give the broker a certificate that is valid and made out to this address.</source>
      <translation>Dem Zertifikat des Brokers {0} wird nicht vertraut ({1}). Geben Sie die Datei der Stelle, die es unterschrieben hat, als Zertifizierungsstelle des Brokers an, oder geben Sie dem Broker ein gültiges Zertifikat, das auf diese Adresse ausgestellt ist.</translation>
    </message>
    <message>
      <source>The classifier {0} is not on this computer: rooms are watched with {1}. Choose another one in the settings, or put {0} there: further ones are a download of each release.</source>
      <translation>Der Klassifikator {0} ist nicht auf diesem Computer: Die Räume werden mit {1} überwacht. Wählen Sie in den Einstellungen einen anderen, oder legen Sie {0} dort ab: Weitere gibt es als Download zu jeder Version.</translation>
    </message>
    <message>
      <source>The clip has ended.</source>
      <translation>Der Clip ist zu Ende.</translation>
    </message>
    <message>
      <source>The clip holds no frame.</source>
      <translation>Der Clip enthält kein Bild.</translation>
    </message>
    <message>
      <source>The clip {0} cannot be written ({1}).</source>
      <translation>Der Clip {0} kann nicht geschrieben werden ({1}).</translation>
    </message>
    <message>
      <source>The clock of this computer was set back by {0} days. Check date and time. Old events are deleted again once it has run evenly for a day.</source>
      <translation>Die Uhr dieses Computers wurde um {0} Tage zurückgestellt. Prüfen Sie Datum und Uhrzeit. Alte Ereignisse werden erst wieder gelöscht, wenn sie einen Tag lang gleichmäßig gelaufen ist.</translation>
    </message>
    <message>
      <source>The clock of this computer was set forward by {0} days, or it was switched off for so long. Check date and time. Old events are deleted again once it has run evenly for a day.</source>
      <translation>Die Uhr dieses Computers wurde um {0} Tage vorgestellt, oder er war so lange ausgeschaltet. Prüfen Sie Datum und Uhrzeit. Alte Ereignisse werden wieder gelöscht, wenn sie einen Tag lang gleichmäßig gegangen ist.</translation>
    </message>
    <message>
      <source>The clock was set back before the visit began.</source>
      <translation>Die Uhr wurde vor den Beginn des Besuchs gestellt.</translation>
    </message>
    <message>
      <source>The computer slept or was too busy.</source>
      <translation>Der Computer hat geschlafen oder war zu beschäftigt.</translation>
    </message>
    <message>
      <source>The connection to the broker</source>
      <translation>Die Verbindung zum Broker</translation>
    </message>
    <message>
      <source>The device cannot be added: {0}</source>
      <translation>Das Gerät kann nicht hinzugefügt werden: {0}</translation>
    </message>
    <message>
      <source>The device is out until the next start only: {0}</source>
      <translation>Das Gerät ist nur bis zum nächsten Start abgemeldet: {0}</translation>
    </message>
    <message>
      <source>The device {0} failed, and the processor judges the frames instead. Nothing is missed, but fewer rooms may be possible. Update its driver and start fallwatch again, or choose the processor in Settings &gt; Advanced.</source>
      <translation>Das Gerät {0} ist ausgefallen; stattdessen wertet der Prozessor die Bilder aus. Nichts wird übersehen, aber vielleicht sind weniger Räume möglich. Aktualisieren Sie seinen Treiber und starten Sie fallwatch neu, oder wählen Sie unter Einstellungen &gt; Erweitert den Prozessor.</translation>
    </message>
    <message>
      <source>The event record {0} cannot be used ({1}). Free some disk space, check that the folder is writable, and that only one fallwatch runs.</source>
      <translation>Die Ereignisdatei {0} ist nicht benutzbar ({1}). Schaffen Sie Platz, prüfen Sie, dass der Ordner beschreibbar ist und dass nur ein fallwatch läuft.</translation>
    </message>
    <message>
      <source>The event record {0} is damaged ({1}). It is kept as {2}.damaged-{3}, and a new record is begun: earlier events no longer appear in the list.</source>
      <translation>Die Ereignisdatei {0} ist beschädigt ({1}). Sie bleibt als {2}.damaged-{3} erhalten, und eine neue ist angefangen: Frühere Ereignisse stehen nicht mehr in der Liste.</translation>
    </message>
    <message>
      <source>The event record {0} was written by a newer fallwatch. Install that version, or move the file away to begin a new record.</source>
      <translation>Die Ereignisdatei {0} stammt von einem neueren fallwatch. Installieren Sie diese Version oder verschieben Sie die Datei, um neu anzufangen.</translation>
    </message>
    <message>
      <source>The event was deleted.</source>
      <translation>Das Ereignis wurde gelöscht.</translation>
    </message>
    <message>
      <source>The farewell to the broker</source>
      <translation>Die Abmeldung beim Broker</translation>
    </message>
    <message>
      <source>The file did not arrive. Send it again.</source>
      <translation>Die Datei ist nicht angekommen. Senden Sie sie noch einmal.</translation>
    </message>
    <message>
      <source>The first image is not analysed after {0} s.</source>
      <translation>Das erste Bild ist nach {0} s noch nicht ausgewertet.</translation>
    </message>
    <message>
      <source>The graphics processor decodes the video of {0} no more: {1}. The processor does it instead. Nothing is missed, but fewer rooms may be possible. Update its driver and start fallwatch again, or choose the processor as decoder in Settings &gt; Advanced.</source>
      <translation>Der Grafikprozessor dekodiert das Video von {0} nicht mehr: {1}. Das übernimmt jetzt der Prozessor. Nichts geht verloren, aber vielleicht sind weniger Räume möglich. Aktualisieren Sie den Treiber und starten Sie fallwatch neu, oder wählen Sie unter Einstellungen &gt; Erweitert den Prozessor als Decoder.</translation>
    </message>
    <message>
      <source>The key for notifications cannot be kept: {0}</source>
      <translation>Der Schlüssel für Benachrichtigungen kann nicht gespeichert werden: {0}</translation>
    </message>
    <message>
      <source>The key of this computer's notifications was lost or damaged, and a new one was made: no phone gets notifications any more. On each phone open the page, and switch them on again.</source>
      <translation>Der Schlüssel für die Benachrichtigungen dieses Computers war verloren oder beschädigt, und ein neuer wurde erstellt: Kein Telefon wird mehr benachrichtigt. Öffnen Sie auf jedem Telefon die Seite, und schalten Sie die Benachrichtigungen wieder ein.</translation>
    </message>
    <message>
      <source>The list of phones that were let in cannot be read: {0} ({1}). No other phone can be let in, and after a restart of fallwatch no phone at all gets in or is notified. Delete the file now: those that fallwatch still knows are then kept.</source>
      <translation>Die Liste der zugelassenen Telefone kann nicht gelesen werden: {0} ({1}). Kein weiteres Telefon kann zugelassen werden, und nach einem Neustart von fallwatch kommt kein Telefon mehr herein oder wird benachrichtigt. Löschen Sie die Datei jetzt: Die Telefone, die fallwatch noch kennt, bleiben dann erhalten.</translation>
    </message>
    <message>
      <source>The longest time of a visit was over.</source>
      <translation>Die Höchstdauer eines Besuchs war vorbei.</translation>
    </message>
    <message>
      <source>The message to {0} was not taken by {1}: {2}.</source>
      <translation>{1} hat die Nachricht an {0} nicht angenommen: {2}.</translation>
    </message>
    <message>
      <source>The notification for {0} was not taken by {1}: it answered with the error {2}. Check this computer's clock; if it stays so, switch notifications off and on again on the phone.</source>
      <translation>Die Benachrichtigung für {0} wurde von {1} nicht angenommen: Der Dienst antwortete mit dem Fehler {2}. Prüfen Sie die Uhr dieses Computers; bleibt es so, schalten Sie die Benachrichtigungen am Telefon aus und wieder ein.</translation>
    </message>
    <message>
      <source>The page for phones is missing here. Install fallwatch again with its setup program or package, which bring it along. If it was installed with pip: pip install "fallwatch[web]".</source>
      <translation>Die Seite für Telefone fehlt hier. Installieren Sie fallwatch noch einmal mit seinem Setup-Programm oder Paket, das sie mitbringt. Wurde es mit pip installiert: pip install "fallwatch[web]".</translation>
    </message>
    <message>
      <source>The page for phones is not served: {0}. It is tried again by itself; if it stays so, choose another port in Settings &gt; Phone.</source>
      <translation>Die Seite für Telefone wird nicht bereitgestellt: {0}. Es wird von selbst wieder versucht; bleibt es so, wählen Sie unter Einstellungen &gt; Telefon einen anderen Port.</translation>
    </message>
    <message>
      <source>The password could not be {0} ({1}). It holds until fallwatch is closed; make the file readable and writable, and enter the password again.</source>
      <translation>Das Passwort konnte nicht {0} werden ({1}). Es gilt, bis fallwatch geschlossen wird; machen Sie die Datei lesbar und beschreibbar und geben Sie das Passwort noch einmal ein.</translation>
    </message>
    <message>
      <source>The password could not be {0} ({1}). Unlock the system's keyring, or enter the password again after the next start.</source>
      <translation>Das Passwort konnte nicht {0} werden ({1}). Entsperren Sie den Schlüsselbund des Systems oder geben Sie das Passwort nach dem nächsten Start noch einmal ein.</translation>
    </message>
    <message>
      <source>The password could not be {0}: the system's keyring does not answer. It may be waiting for somebody to unlock it; unlock it, or enter the password again after the next start.</source>
      <translation>Das Passwort konnte nicht {0} werden: der Schlüsselbund des Systems antwortet nicht. Vielleicht wartet er darauf, dass ihn jemand entsperrt; entsperren Sie ihn, oder geben Sie das Passwort nach dem nächsten Start erneut ein.</translation>
    </message>
    <message>
      <source>The password could not be {0}: this computer has no keyring, and {1} does not hold it. Enter it again.</source>
      <translation>Das Passwort konnte nicht {0} werden: Dieser Computer hat keinen Schlüsselbund, und {1} enthält es nicht. Geben Sie es noch einmal ein.</translation>
    </message>
    <message>
      <source>The player {0} did not start ({1}).</source>
      <translation>Das Abspielprogramm {0} startete nicht ({1}).</translation>
    </message>
    <message>
      <source>The player {0} gave up at once.</source>
      <translation>Das Abspielprogramm {0} gab sofort auf.</translation>
    </message>
    <message>
      <source>The pose model has no output of shape {0}: it is another model.</source>
      <translation>Das Posenmodell hat keine Ausgabe der Form {0}: Es ist ein anderes Modell.</translation>
    </message>
    <message>
      <source>The processor decodes network cameras.</source>
      <translation>Netzwerkkameras dekodiert der Prozessor.</translation>
    </message>
    <message>
      <source>The push service {0} cannot be reached. Check this computer's internet connection.</source>
      <translation>Der Push-Dienst {0} ist nicht erreichbar. Prüfen Sie die Internetverbindung dieses Computers.</translation>
    </message>
    <message>
      <source>The push service {0} knows the phone no more.</source>
      <translation>Der Push-Dienst {0} kennt das Telefon nicht mehr.</translation>
    </message>
    <message>
      <source>The push service {0} lies in the own network: nothing is sent there. Switch notifications off and on again on the phone.</source>
      <translation>Der Push-Dienst {0} liegt im eigenen Netz: Dorthin wird nichts gesendet. Schalten Sie die Benachrichtigungen am Telefon aus und wieder ein.</translation>
    </message>
    <message>
      <source>The record cannot be read at the moment.</source>
      <translation>Die Aufzeichnung kann zurzeit nicht gelesen werden.</translation>
    </message>
    <message>
      <source>The registry</source>
      <translation>Die Registrierung</translation>
    </message>
    <message>
      <source>The report is being collected. A short sound plays.</source>
      <translation>Der Bericht wird zusammengestellt. Ein kurzer Ton erklingt.</translation>
    </message>
    <message>
      <source>The report is in {0}. Read it before you send it.</source>
      <translation>Der Bericht liegt in {0}. Lesen Sie ihn, bevor Sie ihn senden.</translation>
    </message>
    <message>
      <source>The report to the broker</source>
      <translation>Die Meldung an den Broker</translation>
    </message>
    <message>
      <source>The request broke off.</source>
      <translation>Die Anfrage brach ab.</translation>
    </message>
    <message>
      <source>The request comes from another page.</source>
      <translation>Die Anfrage kommt von einer anderen Seite.</translation>
    </message>
    <message>
      <source>The request does not come from the page.</source>
      <translation>Die Anfrage kommt nicht von der Seite.</translation>
    </message>
    <message>
      <source>The request is no JSON object.</source>
      <translation>Die Anfrage ist kein JSON-Objekt.</translation>
    </message>
    <message>
      <source>The request is no JSON.</source>
      <translation>Die Anfrage ist kein JSON.</translation>
    </message>
    <message>
      <source>The request is too large.</source>
      <translation>Die Anfrage ist zu groß.</translation>
    </message>
    <message>
      <source>The room is not watched any more.</source>
      <translation>Der Raum wird nicht mehr überwacht.</translation>
    </message>
    <message>
      <source>The self-test names what failed and what to do.</source>
      <translation>Der Selbsttest nennt, was nicht ging und was zu tun ist.</translation>
    </message>
    <message>
      <source>The settings are in {0}. Passwords are not in it.</source>
      <translation>Die Einstellungen liegen in {0}. Passwörter stehen nicht darin.</translation>
    </message>
    <message>
      <source>The settings could not be saved in {0} ({1}). Free some disk space or make the folder writable, then change the setting again.</source>
      <translation>Die Einstellungen konnten nicht in {0} gespeichert werden ({1}). Schaffen Sie Platz oder machen Sie den Ordner beschreibbar und ändern Sie die Einstellung dann noch einmal.</translation>
    </message>
    <message>
      <source>The settings in {0} are being changed by another fallwatch. Try it again.</source>
      <translation>Die Einstellungen in {0} werden gerade von einem anderen fallwatch geändert. Versuchen Sie es noch einmal.</translation>
    </message>
    <message>
      <source>The settings in {0} cannot be read ({1}). The file is left as it is, and nothing is written to it. Make it readable, then change the setting again.</source>
      <translation>Die Einstellungen in {0} können nicht gelesen werden ({1}). Die Datei bleibt, wie sie ist, und es wird nichts hineingeschrieben. Machen Sie sie lesbar und ändern Sie dann die Einstellung noch einmal.</translation>
    </message>
    <message>
      <source>The settings in {0} cannot be read ({1}). The file is left as it is, and until it can be read all settings take their defaults: no room is watched.</source>
      <translation>Die Einstellungen in {0} können nicht gelesen werden ({1}). Die Datei bleibt, wie sie ist, und bis sie gelesen werden kann, haben alle Einstellungen ihre Vorgabe: Kein Raum wird überwacht.</translation>
    </message>
    <message>
      <source>The settings in {0} could not be read ({1}). All settings take their defaults; remove the file or make it readable.</source>
      <translation>Die Einstellungen in {0} konnten nicht gelesen werden ({1}). Alle Einstellungen haben ihre Vorgabe; entfernen Sie die Datei oder machen Sie sie lesbar.</translation>
    </message>
    <message>
      <source>The settings in {0} could not be read ({1}). The file is kept as {2}; all settings take their defaults.</source>
      <translation>Die Einstellungen in {0} konnten nicht gelesen werden ({1}). Die Datei bleibt als {2} erhalten; alle Einstellungen haben ihre Vorgabe.</translation>
    </message>
    <message>
      <source>The settings were changed.</source>
      <translation>Die Einstellungen wurden geändert.</translation>
    </message>
    <message>
      <source>The settings were taken over. Enter passwords and recipients' addresses again. The page for phones stays as it was on this computer.</source>
      <translation>Die Einstellungen wurden übernommen. Geben Sie Passwörter und die Adressen der Empfänger noch einmal ein. Die Seite für Telefone bleibt auf diesem Computer, wie sie war.</translation>
    </message>
    <message>
      <source>The snapshot of an event cannot be stored ({0}).</source>
      <translation>Das Bild eines Ereignisses kann nicht gespeichert werden ({0}).</translation>
    </message>
    <message>
      <source>The snapshot {0} cannot be read ({1}). It is tried again.</source>
      <translation>Das Bild {0} kann nicht gelesen werden ({1}). Es wird erneut versucht.</translation>
    </message>
    <message>
      <source>The softer alarm sounds cannot be made ({0}). Free some disk space, or clear the quiet hours in the settings.</source>
      <translation>Die leiseren Alarmtöne lassen sich nicht herstellen ({0}). Schaffen Sie Platz auf der Festplatte oder löschen Sie die Ruhezeiten in den Einstellungen.</translation>
    </message>
    <message>
      <source>The start of a connection to the broker</source>
      <translation>Der Beginn einer Verbindung zum Broker</translation>
    </message>
    <message>
      <source>The system asks whether fallwatch may use the camera. Choose Allow in its question.</source>
      <translation>Das System fragt, ob fallwatch die Kamera verwenden darf. Wählen Sie in seiner Frage „Erlauben“.</translation>
    </message>
    <message>
      <source>The system does not let fallwatch use the camera. Allow it in System Settings &gt; Privacy &amp; Security &gt; Camera, then start fallwatch again.</source>
      <translation>Das System lässt fallwatch die Kamera nicht verwenden. Erlauben Sie es unter Systemeinstellungen &gt; Datenschutz &amp; Sicherheit &gt; Kamera, und starten Sie fallwatch dann neu.</translation>
    </message>
    <message>
      <source>The test broke off. Try again.</source>
      <translation>Der Test ist abgebrochen. Versuchen Sie es noch einmal.</translation>
    </message>
    <message>
      <source>The watch was just started.</source>
      <translation>Die Überwachung wurde gerade gestartet.</translation>
    </message>
    <message>
      <source>There are no clips in {0}.</source>
      <translation>In {0} sind keine Clips.</translation>
    </message>
    <message>
      <source>There are no weights for '{0}' in {1}. Available: {2}. Further variants are installed by pip install ./weights in a checkout, or are a download of each release, fallwatch-more-weights.zip: unpack it, and name its folder weights with --weights.</source>
      <translation>Für „{0}“ gibt es keine Gewichte in {1}. Vorhanden: {2}. Weitere Varianten installiert in einem Checkout pip install ./weights, oder es gibt sie als Download zu jeder Version, fallwatch-more-weights.zip: Entpacken Sie ihn und geben Sie seinen Ordner weights mit --weights an.</translation>
    </message>
    <message>
      <source>There is neither a room nor a file {0}. The rooms are: {1}.</source>
      <translation>Es gibt weder einen Raum noch eine Datei {0}. Die Räume sind: {1}.</translation>
    </message>
    <message>
      <source>There is no snapshot of this event.</source>
      <translation>Von diesem Ereignis gibt es kein Bild.</translation>
    </message>
    <message>
      <source>There is no such device.</source>
      <translation>Es gibt kein solches Gerät.</translation>
    </message>
    <message>
      <source>There is no such event.</source>
      <translation>Es gibt kein solches Ereignis.</translation>
    </message>
    <message>
      <source>There is no such role.</source>
      <translation>Es gibt keine solche Rolle.</translation>
    </message>
    <message>
      <source>There is no such room.</source>
      <translation>Es gibt keinen solchen Raum.</translation>
    </message>
    <message>
      <source>There is no variant of this name.</source>
      <translation>Es gibt keine Variante dieses Namens.</translation>
    </message>
    <message>
      <source>There is no webcam {0}. {1}</source>
      <translation>Es gibt keine Webcam {0}. {1}</translation>
    </message>
    <message>
      <source>There is no {0} here; the processor judges the frames.</source>
      <translation>Hier gibt es kein Gerät {0}; der Prozessor wertet die Bilder aus.</translation>
    </message>
    <message>
      <source>There is room for {0} cameras. Remove one first.</source>
      <translation>Es ist Platz für {0} Kameras. Entfernen Sie zuerst eine.</translation>
    </message>
    <message>
      <source>This PC has: {0}.</source>
      <translation>Dieser PC hat: {0}.</translation>
    </message>
    <message>
      <source>This alarm is over.</source>
      <translation>Dieser Alarm ist vorbei.</translation>
    </message>
    <message>
      <source>This browser's push service cannot be used: {0}</source>
      <translation>Der Push-Dienst dieses Browsers kann nicht verwendet werden: {0}</translation>
    </message>
    <message>
      <source>This cannot be saved: {0}</source>
      <translation>Das kann nicht gespeichert werden: {0}</translation>
    </message>
    <message>
      <source>This clip holds no images.</source>
      <translation>Dieser Clip enthält keine Bilder.</translation>
    </message>
    <message>
      <source>This code is wrong or no longer valid. Ask for a new one.</source>
      <translation>Dieser Code ist falsch oder gilt nicht mehr. Lassen Sie sich einen neuen geben.</translation>
    </message>
    <message>
      <source>This computer also has {0}. fallwatch bench --devices shows whether that is faster.</source>
      <translation>Dieser Computer hat auch {0}. fallwatch bench --devices zeigt, ob das schneller ist.</translation>
    </message>
    <message>
      <source>This computer has another name.</source>
      <translation>Dieser Computer hat einen anderen Namen.</translation>
    </message>
    <message>
      <source>This computer has no keyring. The password is kept in the file {0}, not encrypted: anyone who can read your files can read it. To avoid that, set up a keyring such as GNOME Keyring or KWallet and enter the password again.</source>
      <translation>Dieser Computer hat keinen Schlüsselbund. Das Passwort liegt unverschlüsselt in der Datei {0}: Wer Ihre Dateien lesen kann, kann es lesen. Richten Sie einen Schlüsselbund wie GNOME Keyring oder KWallet ein und geben Sie das Passwort noch einmal ein.</translation>
    </message>
    <message>
      <source>This computer is too busy: close other programs, or watch fewer rooms</source>
      <translation>Dieser Computer ist zu beschäftigt: Schließen Sie andere Programme oder überwachen Sie weniger Räume</translation>
    </message>
    <message>
      <source>This computer may go to sleep</source>
      <translation>Dieser Computer kann in den Ruhezustand gehen</translation>
    </message>
    <message>
      <source>This computer may go to sleep while it watches ({0}). In the system's power settings, set it to never sleep while plugged in.</source>
      <translation>Dieser Computer kann in den Ruhezustand gehen, während er wacht ({0}). Stellen Sie in den Energieeinstellungen des Systems ein, dass er am Netzteil nie in den Ruhezustand geht.</translation>
    </message>
    <message>
      <source>This computer stays awake while a room is watched, unless its lid is closed.</source>
      <translation>Dieser Computer bleibt wach, solange ein Raum überwacht wird, es sei denn, sein Deckel wird geschlossen.</translation>
    </message>
    <message>
      <source>This device is not paired.</source>
      <translation>Dieses Gerät ist nicht zugelassen.</translation>
    </message>
    <message>
      <source>This device may not do that.</source>
      <translation>Dieses Gerät darf das nicht.</translation>
    </message>
    <message>
      <source>This is no image that can be read. Send a JPEG or PNG file.</source>
      <translation>Das ist kein Bild, das gelesen werden kann. Senden Sie eine JPEG- oder PNG-Datei.</translation>
    </message>
    <message>
      <source>This is the self-test of fallwatch. Nothing has happened.</source>
      <translation>Dies ist der Selbsttest von fallwatch. Es ist nichts geschehen.</translation>
    </message>
    <message>
      <source>This link is not known. Open the link of the newest message.</source>
      <translation>Dieser Link ist nicht bekannt. Öffnen Sie den Link der neuesten Nachricht.</translation>
    </message>
    <message>
      <source>This link was used already, and the alarm has been raised again since. Open the link of the newest message.</source>
      <translation>Dieser Link wurde bereits verwendet, und der Alarm wurde seitdem erneut ausgelöst. Öffnen Sie den Link der neuesten Nachricht.</translation>
    </message>
    <message>
      <source>This room has no image.</source>
      <translation>Dieser Raum hat kein Bild.</translation>
    </message>
    <message>
      <source>Too few frames a second are analysed, and a fall may be missed.</source>
      <translation>Es werden zu wenige Bilder je Sekunde ausgewertet; ein Sturz kann unbemerkt bleiben.</translation>
    </message>
    <message>
      <source>Too many messages at the broker</source>
      <translation>Zu viele Nachrichten beim Broker</translation>
    </message>
    <message>
      <source>Too many wrong codes. Nobody is let in for an hour.</source>
      <translation>Zu viele falsche Codes. Eine Stunde lang wird niemand zugelassen.</translation>
    </message>
    <message>
      <source>Too many wrong codes. This device is not let in for an hour.</source>
      <translation>Zu viele falsche Codes. Dieses Gerät wird eine Stunde lang nicht zugelassen.</translation>
    </message>
    <message>
      <source>Turn the loudspeaker on and up, and choose it in the system's settings.</source>
      <translation>Schalten Sie den Lautsprecher ein und lauter, und wählen Sie ihn in den Systemeinstellungen.</translation>
    </message>
    <message>
      <source>Two computers with one identity</source>
      <translation>Zwei Computer mit derselben Kennung</translation>
    </message>
    <message>
      <source>Update the driver of the graphics processor, or leave it as it is.</source>
      <translation>Aktualisieren Sie den Treiber des Grafikprozessors, oder lassen Sie es so.</translation>
    </message>
    <message>
      <source>Video decoder failed</source>
      <translation>Videodecoder ausgefallen</translation>
    </message>
    <message>
      <source>Waiting for the first image</source>
      <translation>Warten auf das erste Bild</translation>
    </message>
    <message>
      <source>Watch paused</source>
      <translation>Überwachung pausiert</translation>
    </message>
    <message>
      <source>Watched again in {0}. Paused by {1}.</source>
      <translation>Wieder überwacht in {0}. Pausiert von {1}.</translation>
    </message>
    <message>
      <source>Watched now: {0}.</source>
      <translation>Jetzt überwacht: {0}.</translation>
    </message>
    <message>
      <source>Webcam {0} cannot be opened. Check that it is plugged in, that no other program uses it, and that you may use the camera.</source>
      <translation>Webcam {0} lässt sich nicht öffnen. Prüfen Sie, dass sie eingesteckt ist, dass kein anderes Programm sie benutzt und dass Sie die Kamera benutzen dürfen.</translation>
    </message>
    <message>
      <source>Webcam {0} sends no image. Check its plug, and that no other program uses it.</source>
      <translation>Webcam {0} sendet kein Bild. Prüfen Sie den Stecker und dass kein anderes Programm sie benutzt.</translation>
    </message>
    <message>
      <source>What follows a care visit</source>
      <translation>Was einem Besuch folgt</translation>
    </message>
    <message>
      <source>Who is told elsewhere?</source>
      <translation>Wer wird anderswo benachrichtigt?</translation>
    </message>
    <message>
      <source>Who lies there raises no alarm.</source>
      <translation>Wer dort liegt, löst keinen Alarm aus.</translation>
    </message>
    <message>
      <source>Who may stop the watch?</source>
      <translation>Wer darf die Überwachung beenden?</translation>
    </message>
    <message>
      <source>Whoever came has left the view.</source>
      <translation>Wer gekommen war, ist nicht mehr zu sehen.</translation>
    </message>
    <message>
      <source>Whoever knows the PIN.</source>
      <translation>Wer die PIN kennt.</translation>
    </message>
    <message>
      <source>Wrong user or password for {0}.</source>
      <translation>Benutzer oder Passwort für {0} ist falsch.</translation>
    </message>
    <message>
      <source>acknowledged</source>
      <translation>bestätigt</translation>
    </message>
    <message>
      <source>acknowledged from {0}</source>
      <translation>bestätigt von {0} aus</translation>
    </message>
    <message>
      <source>acknowledged from {1}: {0}</source>
      <translation>bestätigt von {1} aus: {0}</translation>
    </message>
    <message>
      <source>acknowledged: {0}</source>
      <translation>bestätigt: {0}</translation>
    </message>
    <message>
      <source>classifier {0} for fallen</source>
      <translation>Klassifikator: zu {0} gestürzt</translation>
    </message>
    <message>
      <source>clip closed</source>
      <translation>Clip geschlossen</translation>
    </message>
    <message>
      <source>closed at the restart</source>
      <translation>beim Neustart geschlossen</translation>
    </message>
    <message>
      <source>condition cleared</source>
      <translation>Ursache behoben</translation>
    </message>
    <message>
      <source>deleted</source>
      <translation>gelöscht</translation>
    </message>
    <message>
      <source>deleted: older than is kept</source>
      <translation>gelöscht: älter als die Aufbewahrungszeit</translation>
    </message>
    <message>
      <source>fallwatch bench --decoders shows whether that is right, and spares anything.</source>
      <translation>fallwatch bench --decoders zeigt, ob das richtig ist und etwas spart.</translation>
    </message>
    <message>
      <source>fallwatch was broken off after somebody may have fallen.</source>
      <translation>fallwatch wurde unterbrochen, nachdem vielleicht jemand gestürzt war.</translation>
    </message>
    <message>
      <source>fallwatch was not running.</source>
      <translation>fallwatch lief nicht.</translation>
    </message>
    <message>
      <source>fallwatch: a test</source>
      <translation>fallwatch: ein Test</translation>
    </message>
    <message>
      <source>false alarm</source>
      <translation>Fehlalarm</translation>
    </message>
    <message>
      <source>fault</source>
      <translation>Störung</translation>
    </message>
    <message>
      <source>has stayed down for {0} s since</source>
      <translation>ist seitdem {0} s unten geblieben</translation>
    </message>
    <message>
      <source>head came down {0} body heights within {1} s, up to {2} per second</source>
      <translation>Kopf sank um {0} Körperhöhen in {1} s, bis zu {2} je Sekunde</translation>
    </message>
    <message>
      <source>head {0} body heights above the floor</source>
      <translation>Kopf {0} Körperhöhen über dem Boden</translation>
    </message>
    <message>
      <source>it answered with the error {0}. Check the service</source>
      <translation>Er antwortete mit dem Fehler {0}. Prüfen Sie den Dienst</translation>
    </message>
    <message>
      <source>it cannot be reached, or refused the login. Check the network and the address</source>
      <translation>Er ist nicht erreichbar oder hat die Anmeldung abgelehnt. Prüfen Sie das Netzwerk und die Adresse</translation>
    </message>
    <message>
      <source>it did not answer</source>
      <translation>Er hat nicht geantwortet</translation>
    </message>
    <message>
      <source>it does not know the recipient. Check the address</source>
      <translation>Er kennt den Empfänger nicht. Prüfen Sie die Adresse</translation>
    </message>
    <message>
      <source>it gave no image</source>
      <translation>Er hat kein Bild geliefert</translation>
    </message>
    <message>
      <source>it gave no reason. Check the address and the service</source>
      <translation>Er nannte keinen Grund. Prüfen Sie die Adresse und den Dienst</translation>
    </message>
    <message>
      <source>it has moved to {0}, and words do not arrive at the old address. Enter the new one</source>
      <translation>der Dienst ist nach {0} umgezogen, und an der alten Adresse kommen die Worte nicht an. Geben Sie die neue ein</translation>
    </message>
    <message>
      <source>it has moved, and words do not arrive at the old address. Enter the new one</source>
      <translation>der Dienst ist umgezogen, und an der alten Adresse kommen die Worte nicht an. Geben Sie die neue ein</translation>
    </message>
    <message>
      <source>it refused the login. Enter the address with the right password or token</source>
      <translation>Er hat die Anmeldung abgelehnt. Geben Sie die Adresse mit dem richtigen Passwort oder Token ein</translation>
    </message>
    <message>
      <source>it stopped giving images</source>
      <translation>Er hat keine Bilder mehr geliefert</translation>
    </message>
    <message>
      <source>it takes no more messages for now. Wait a while</source>
      <translation>Er nimmt vorerst keine Nachrichten mehr an. Warten Sie eine Weile</translation>
    </message>
    <message>
      <source>its defaults</source>
      <translation>die Vorgabe</translation>
    </message>
    <message>
      <source>its images were of one colour</source>
      <translation>Seine Bilder waren einfarbig</translation>
    </message>
    <message>
      <source>lay in bed, and has been out of it for {0} min</source>
      <translation>lag im Bett und ist seit {0} min nicht mehr darin</translation>
    </message>
    <message>
      <source>lay in bed, and has been out of it for {0} s</source>
      <translation>lag im Bett und ist seit {0} s nicht mehr darin</translation>
    </message>
    <message>
      <source>looks like somebody who has fallen</source>
      <translation>sieht aus wie jemand, der gestürzt ist</translation>
    </message>
    <message>
      <source>lost from view right after the descent</source>
      <translation>gleich nach dem Absinken aus dem Blick verloren</translation>
    </message>
    <message>
      <source>lying on the floor for {0} s, no fall seen</source>
      <translation>liegt seit {0} s am Boden, kein Sturz gesehen</translation>
    </message>
    <message>
      <source>no answer for {0} s</source>
      <translation>seit {0} s keine Antwort</translation>
    </message>
    <message>
      <source>no answer. Check the camera's power, network and address</source>
      <translation>keine Antwort. Prüfen Sie Strom, Netzwerk und Adresse der Kamera</translation>
    </message>
    <message>
      <source>no longer upright</source>
      <translation>nicht mehr aufrecht</translation>
    </message>
    <message>
      <source>none is to be had</source>
      <translation>Es ist keiner verfügbar</translation>
    </message>
    <message>
      <source>not acknowledged before the restart: raised again</source>
      <translation>vor dem Neustart nicht bestätigt: erneut ausgelöst</translation>
    </message>
    <message>
      <source>not seen getting up for {0} s after a fall</source>
      <translation>{0} s nach einem Sturz nicht beim Aufstehen gesehen</translation>
    </message>
    <message>
      <source>not watched</source>
      <translation>nicht überwacht</translation>
    </message>
    <message>
      <source>nothing</source>
      <translation>nichts</translation>
    </message>
    <message>
      <source>nothing on the network is called {0}. Check the name</source>
      <translation>Nichts im Netzwerk heißt {0}. Prüfen Sie den Namen</translation>
    </message>
    <message>
      <source>nothing there listens on port {0}. Check the port and the camera</source>
      <translation>Dort antwortet nichts am Port {0}. Prüfen Sie den Port und die Kamera</translation>
    </message>
    <message>
      <source>paused</source>
      <translation>pausiert</translation>
    </message>
    <message>
      <source>raised</source>
      <translation>ausgelöst</translation>
    </message>
    <message>
      <source>raised again: it still lasts</source>
      <translation>erneut ausgelöst: es hält an</translation>
    </message>
    <message>
      <source>read</source>
      <translation>gelesen</translation>
    </message>
    <message>
      <source>recorded</source>
      <translation>aufgezeichnet</translation>
    </message>
    <message>
      <source>recordings deleted: they took too much room</source>
      <translation>Aufnahmen gelöscht: Sie brauchten zu viel Platz</translation>
    </message>
    <message>
      <source>recovered</source>
      <translation>wieder aufgestanden</translation>
    </message>
    <message>
      <source>somebody in view</source>
      <translation>jemand im Bild</translation>
    </message>
    <message>
      <source>somebody lying</source>
      <translation>jemand liegt</translation>
    </message>
    <message>
      <source>stored</source>
      <translation>gespeichert</translation>
    </message>
    <message>
      <source>the head is near the floor</source>
      <translation>der Kopf ist nah am Boden</translation>
    </message>
    <message>
      <source>the message is too large for it. Send no snapshots this way</source>
      <translation>Die Nachricht ist ihm zu groß. Senden Sie auf diesem Weg keine Bilder</translation>
    </message>
    <message>
      <source>the network does not lead there. Check this PC's network and the address</source>
      <translation>Das Netzwerk führt nicht dorthin. Prüfen Sie das Netzwerk dieses PCs und die Adresse</translation>
    </message>
    <message>
      <source>the person got up</source>
      <translation>die Person ist aufgestanden</translation>
    </message>
    <message>
      <source>there: acknowledged</source>
      <translation>dort: bestätigt</translation>
    </message>
    <message>
      <source>there: closed</source>
      <translation>dort: geschlossen</translation>
    </message>
    <message>
      <source>there: returned unacknowledged</source>
      <translation>dort: von selbst vorbei, unbestätigt</translation>
    </message>
    <message>
      <source>there: unacknowledged</source>
      <translation>dort: unbestätigt</translation>
    </message>
    <message>
      <source>this computer</source>
      <translation>dieser Computer</translation>
    </message>
    <message>
      <source>torso {0} degrees from upright</source>
      <translation>Rumpf {0} Grad aus der Senkrechten</translation>
    </message>
    <message>
      <source>triggered again ({0})</source>
      <translation>erneut ausgelöst ({0})</translation>
    </message>
    <message>
      <source>upright for {0} s</source>
      <translation>seit {0} s aufrecht</translation>
    </message>
    <message>
      <source>verdict: a false alarm</source>
      <translation>Urteil: Fehlalarm</translation>
    </message>
    <message>
      <source>verdict: a real alarm</source>
      <translation>Urteil: echter Alarm</translation>
    </message>
    <message>
      <source>verdict: unsure</source>
      <translation>Urteil: unsicher</translation>
    </message>
    <message>
      <source>watched, nobody seen</source>
      <translation>überwacht, niemand zu sehen</translation>
    </message>
    <message>
      <source>went down fast</source>
      <translation>ging schnell zu Boden</translation>
    </message>
    <message>
      <source>{0} GB are free for events, snapshots and clips.</source>
      <translation>{0} GB sind frei für Ereignisse, Bilder und Clips.</translation>
    </message>
    <message>
      <source>{0} The FFmpeg inside OpenCV has no other decoder on this computer.</source>
      <translation>{0} Das FFmpeg in OpenCV hat auf diesem Computer keinen anderen Decoder.</translation>
    </message>
    <message>
      <source>{0} The hardware decoder of this computer fails.</source>
      <translation>{0} Der Hardware-Decoder dieses Computers versagt.</translation>
    </message>
    <message>
      <source>{0} Then start fallwatch again.</source>
      <translation>{0} Starten Sie fallwatch danach neu.</translation>
    </message>
    <message>
      <source>{0} Trying again.</source>
      <translation>{0} Neuer Versuch läuft.</translation>
    </message>
    <message>
      <source>{0} answers with error {1}. Check the path, and switch the camera off and on again.</source>
      <translation>{0} antwortet mit Fehler {1}. Prüfen Sie den Pfad und schalten Sie die Kamera aus und wieder ein.</translation>
    </message>
    <message>
      <source>{0} answers, but at none of the usual paths. Enter the whole address; the camera's manual names it.</source>
      <translation>{0} antwortet, aber an keinem der üblichen Pfade. Geben Sie die ganze Adresse ein; sie steht im Handbuch der Kamera.</translation>
    </message>
    <message>
      <source>{0} answers, but sends no video. Check the path, the user and the password; the camera's manual names them.</source>
      <translation>{0} antwortet, sendet aber kein Video. Prüfen Sie Pfad, Benutzer und Passwort; sie stehen in der Anleitung der Kamera.</translation>
    </message>
    <message>
      <source>{0} can be written.</source>
      <translation>{0} ist beschreibbar.</translation>
    </message>
    <message>
      <source>{0} cannot be played. It may have been moved, deleted or damaged.</source>
      <translation>{0} kann nicht abgespielt werden. Die Datei ist vielleicht verschoben, gelöscht oder beschädigt.</translation>
    </message>
    <message>
      <source>{0} cannot be reached. Check the camera's power, network and address.</source>
      <translation>{0} ist nicht erreichbar. Prüfen Sie Strom, Netzwerk und Adresse der Kamera.</translation>
    </message>
    <message>
      <source>{0} cannot be reached: {1}.</source>
      <translation>{0} ist nicht erreichbar: {1}.</translation>
    </message>
    <message>
      <source>{0} cannot be read ({1}). Check that the disk is there and that you may read the file.</source>
      <translation>{0} kann nicht gelesen werden ({1}). Prüfen Sie, dass die Festplatte da ist und dass Sie die Datei lesen dürfen.</translation>
    </message>
    <message>
      <source>{0} cannot be read ({1}). Install fallwatch again, or restore the folder.</source>
      <translation>{0} kann nicht gelesen werden ({1}). Installieren Sie fallwatch neu, oder stellen Sie den Ordner wieder her.</translation>
    </message>
    <message>
      <source>{0} cannot be used ({1}).</source>
      <translation>{0} ist nicht benutzbar ({1}).</translation>
    </message>
    <message>
      <source>{0} cannot be written ({1}).</source>
      <translation>{0} ist nicht beschreibbar ({1}).</translation>
    </message>
    <message>
      <source>{0} could not be changed ({1}), so fallwatch starts with the computer as before. Check that you may write there, and choose it again.</source>
      <translation>{0} konnte nicht geändert werden ({1}); fallwatch startet mit dem Computer wie bisher. Prüfen Sie, dass Sie dort schreiben dürfen, und wählen Sie es noch einmal.</translation>
    </message>
    <message>
      <source>{0} decodes network cameras that send {1}.</source>
      <translation>Netzwerkkameras, die {1} senden, dekodiert {0}.</translation>
    </message>
    <message>
      <source>{0} did not stop in time and was left behind ({1}). If the camera does not start again, unplug it, plug it in and restart fallwatch.</source>
      <translation>{0} ließ sich nicht rechtzeitig anhalten und wurde zurückgelassen ({1}). Wenn die Kamera nicht wieder anläuft, ziehen Sie sie ab, stecken Sie sie wieder ein und starten Sie fallwatch neu.</translation>
    </message>
    <message>
      <source>{0} does not answer, and neither does its driver. Unplug the camera and plug it in again; if that does not help, start fallwatch again.</source>
      <translation>{0} antwortet nicht, und der Treiber auch nicht. Ziehen Sie die Kamera ab und stecken Sie sie wieder ein; hilft das nicht, starten Sie fallwatch neu.</translation>
    </message>
    <message>
      <source>{0} does not answer.</source>
      <translation>{0} antwortet nicht.</translation>
    </message>
    <message>
      <source>{0} does not answer. Check the disk or network folder it lies on.</source>
      <translation>{0} antwortet nicht. Prüfen Sie die Festplatte oder den Netzwerkordner.</translation>
    </message>
    <message>
      <source>{0} does not describe pose networks ({1}: {2}). Install fallwatch again, or restore the folder.</source>
      <translation>{0} beschreibt keine Posennetze ({1}: {2}). Installieren Sie fallwatch neu, oder stellen Sie den Ordner wieder her.</translation>
    </message>
    <message>
      <source>{0} does not exist. Check the name and the folder.</source>
      <translation>{0} gibt es nicht. Prüfen Sie Namen und Ordner.</translation>
    </message>
    <message>
      <source>{0} ended early, at {1} s of {2} s; it may be damaged. Copy it again from where it came.</source>
      <translation>{0} endete vorzeitig, bei {1} s von {2} s; die Datei ist vielleicht beschädigt. Kopieren Sie sie noch einmal.</translation>
    </message>
    <message>
      <source>{0} ended the visit.</source>
      <translation>{0} hat den Besuch beendet.</translation>
    </message>
    <message>
      <source>{0} failed unexpectedly ({1}). It is tried again.</source>
      <translation>{0} ist unerwartet gescheitert ({1}). Es wird erneut versucht.</translation>
    </message>
    <message>
      <source>{0} failed unexpectedly ({1}: {2}). See the log.</source>
      <translation>{0} ist unerwartet gescheitert ({1}: {2}). Näheres steht im Protokoll.</translation>
    </message>
    <message>
      <source>{0} gets no notifications any more: its browser has ended them. Open the page on the phone and switch them on again.</source>
      <translation>{0} wird nicht mehr benachrichtigt: Der Browser hat das beendet. Öffnen Sie die Seite am Telefon und schalten Sie die Benachrichtigungen wieder ein.</translation>
    </message>
    <message>
      <source>{0} gives an output of shape {1}, expected (1, {2}). Export '{3}' again.</source>
      <translation>{0} gibt eine Ausgabe der Form {1}, erwartet wird (1, {2}). Exportieren Sie „{3}“ erneut.</translation>
    </message>
    <message>
      <source>{0} gives no sha256 for {1}. Export '{2}' again.</source>
      <translation>{0} nennt kein sha256 für {1}. Exportieren Sie '{2}' noch einmal.</translation>
    </message>
    <message>
      <source>{0} gives single images when asked, and does so no more. Check the camera's power and network.</source>
      <translation>{0} gibt einzelne Bilder auf Anfrage und tut es nicht mehr. Prüfen Sie Strom und Netzwerk der Kamera.</translation>
    </message>
    <message>
      <source>{0} has ended.</source>
      <translation>{0} ist zu Ende.</translation>
    </message>
    <message>
      <source>{0} has not come back for {1} seconds. It is tried again; check the network and the service.</source>
      <translation>{0} antwortet seit {1} Sekunden nicht. Es wird erneut versucht; prüfen Sie Netzwerk und Dienst.</translation>
    </message>
    <message>
      <source>{0} has not come back yet. It is tried again.</source>
      <translation>{0} hat noch nicht geantwortet. Es wird erneut versucht.</translation>
    </message>
    <message>
      <source>{0} has nothing at this path. Check the path; the camera's manual names it.</source>
      <translation>{0} hat nichts unter diesem Pfad. Prüfen Sie den Pfad; er steht in der Anleitung der Kamera.</translation>
    </message>
    <message>
      <source>{0} has only {1} frames a second, and a fall may be missed. Record at least 10.</source>
      <translation>{0} hat nur {1} Bilder pro Sekunde, ein Sturz kann übersehen werden. Nehmen Sie mindestens 10 auf.</translation>
    </message>
    <message>
      <source>{0} has sent the same image for more than {1} seconds. Nobody who falls there is seen. Switch the camera off and on again.</source>
      <translation>{0} sendet seit mehr als {1} Sekunden dasselbe Bild. Wer dort stürzt, wird nicht gesehen. Schalten Sie die Kamera aus und wieder ein.</translation>
    </message>
    <message>
      <source>{0} has stopped sending images. Check the camera's power and network.</source>
      <translation>{0} sendet keine Bilder mehr. Prüfen Sie Strom und Netzwerk der Kamera.</translation>
    </message>
    <message>
      <source>{0} holds images of a kind that cannot be shown ({1}). Convert it to MP4 with H.264.</source>
      <translation>{0} enthält Bilder einer Art, die nicht gezeigt werden kann ({1}). Wandeln Sie die Datei in MP4 mit H.264 um.</translation>
    </message>
    <message>
      <source>{0} holds images that cannot be shown.</source>
      <translation>{0} enthält Bilder, die nicht gezeigt werden können.</translation>
    </message>
    <message>
      <source>{0} holds no frame that can be read. It may be damaged, or a sound recording: copy or record it again.</source>
      <translation>{0} enthält kein lesbares Bild. Die Datei ist vielleicht beschädigt oder eine Tonaufnahme: Kopieren Sie sie noch einmal oder nehmen Sie neu auf.</translation>
    </message>
    <message>
      <source>{0} holds no image that can be shown.</source>
      <translation>{0} enthält kein Bild, das gezeigt werden kann.</translation>
    </message>
    <message>
      <source>{0} holds no images.</source>
      <translation>{0} enthält keine Bilder.</translation>
    </message>
    <message>
      <source>{0} holds sound only, and no video. Choose a video file.</source>
      <translation>{0} enthält nur Ton und kein Video. Wählen Sie eine Videodatei.</translation>
    </message>
    <message>
      <source>{0} is a folder. Choose a video file in it.</source>
      <translation>{0} ist ein Ordner. Wählen Sie eine Videodatei darin.</translation>
    </message>
    <message>
      <source>{0} is a web page and no video. Give the address of the camera's video stream or image; its manual names it.</source>
      <translation>{0} ist eine Webseite und kein Video. Geben Sie die Adresse des Videos oder Bildes der Kamera an; sie steht in ihrer Anleitung.</translation>
    </message>
    <message>
      <source>{0} is damaged: its checksum is not the manifest's. Restore it, or export '{1}' again.</source>
      <translation>{0} ist beschädigt: Die Prüfsumme stimmt nicht. Stellen Sie die Datei wieder her oder exportieren Sie '{1}' noch einmal.</translation>
    </message>
    <message>
      <source>{0} is damaged: its checksum is not the one in {1}. Install fallwatch again, or restore the folder.</source>
      <translation>{0} ist beschädigt: Die Prüfsumme ist nicht die in {1}. Installieren Sie fallwatch neu, oder stellen Sie den Ordner wieder her.</translation>
    </message>
    <message>
      <source>{0} is empty (0 bytes). Copy or record it again.</source>
      <translation>{0} ist leer (0 Bytes). Kopieren Sie sie noch einmal oder nehmen Sie neu auf.</translation>
    </message>
    <message>
      <source>{0} is in the room: alarms about people are paused until the visit is over, for {1} minutes at most.</source>
      <translation>{0} ist im Raum: Alarme über Personen sind pausiert, bis der Besuch vorbei ist, höchstens {1} Minuten.</translation>
    </message>
    <message>
      <source>{0} is incomplete: its index is missing, as when a recording or a copy was cut short. Copy it again from where it came.</source>
      <translation>{0} ist unvollständig: Der Index fehlt, wie bei einer abgebrochenen Aufnahme oder Kopie. Kopieren Sie die Datei noch einmal.</translation>
    </message>
    <message>
      <source>{0} is missing</source>
      <translation>{0} fehlt</translation>
    </message>
    <message>
      <source>{0} is missing. Restore it, or export '{1}' again.</source>
      <translation>{0} fehlt. Stellen Sie die Datei wieder her oder exportieren Sie '{1}' noch einmal.</translation>
    </message>
    <message>
      <source>{0} is no Pose Landmarker bundle ({1}). Remove it, or replace it by an official pose_landmarker_*.task.</source>
      <translation>{0} ist kein Pose-Landmarker-Paket ({1}). Bitte entfernen oder durch ein offizielles pose_landmarker_*.task ersetzen.</translation>
    </message>
    <message>
      <source>{0} is no broker's address. Write it like mqtt://broker.lan:1883.</source>
      <translation>{0} ist keine Adresse eines Brokers. Schreiben Sie sie wie mqtt://broker.lan:1883.</translation>
    </message>
    <message>
      <source>{0} is no source of images</source>
      <translation>{0} ist keine Bildquelle</translation>
    </message>
    <message>
      <source>{0} is not a camera address. Write it as rtsp://user:password@host:port/path or http://host:port/path; in a password, write @ as %40, / as %2F, # as %23 and : as %3A.</source>
      <translation>{0} ist keine Kameraadresse. Schreiben Sie rtsp://benutzer:passwort@rechner:port/pfad oder http://rechner:port/pfad; im Passwort steht %40 für @, %2F für /, %23 für # und %3A für :.</translation>
    </message>
    <message>
      <source>{0} is not a camera address. Write the camera's IP address alone, or the whole address, as rtsp://host:port/path or http://host:port/path.</source>
      <translation>{0} ist keine Kameraadresse. Schreiben Sie nur die IP-Adresse der Kamera oder die ganze Adresse als rtsp://Host:Port/Pfad oder http://Host:Port/Pfad.</translation>
    </message>
    <message>
      <source>{0} is not a file. Choose a video file.</source>
      <translation>{0} ist keine Datei. Wählen Sie eine Videodatei.</translation>
    </message>
    <message>
      <source>{0} is not a valid manifest ({1}: {2}). Export '{3}' again, or restore the folder.</source>
      <translation>{0} ist kein gültiges Verzeichnis der Gewichte ({1}: {2}). Exportieren Sie '{3}' noch einmal oder stellen Sie den Ordner wieder her.</translation>
    </message>
    <message>
      <source>{0} is not a video that can be read. If it plays in another program, convert it to MP4 with H.264.</source>
      <translation>{0} ist kein lesbares Video. Läuft es in einem anderen Programm, wandeln Sie es in MP4 mit H.264 um.</translation>
    </message>
    <message>
      <source>{0} is not heard any more: nobody is alarmed of what happens in the rooms it watches. Check that it runs and has a network.</source>
      <translation>Von {0} kommt nichts mehr: Was in den Räumen geschieht, die er überwacht, meldet niemand. Prüfen Sie, dass er läuft und Netzwerk hat.</translation>
    </message>
    <message>
      <source>{0} is not open.</source>
      <translation>{0} ist nicht geöffnet.</translation>
    </message>
    <message>
      <source>{0} is too damaged to be read on. Copy it again from where it came.</source>
      <translation>{0} ist zu beschädigt, um weiterzulesen. Kopieren Sie die Datei noch einmal.</translation>
    </message>
    <message>
      <source>{0} is too dark to see anybody. Switch a light on, or use a camera that sees in the dark.</source>
      <translation>{0} ist zu dunkel, um jemanden zu sehen. Schalten Sie Licht ein oder nehmen Sie eine Kamera, die im Dunkeln sieht.</translation>
    </message>
    <message>
      <source>{0} lists no network '{1}'. Install fallwatch again, or restore the folder.</source>
      <translation>{0} führt kein Netz „{1}“ auf. Installieren Sie fallwatch neu, oder stellen Sie den Ordner wieder her.</translation>
    </message>
    <message>
      <source>{0} lists the classes {1}, but fallwatch needs {2} in this order; with another order every verdict would be reversed. Export '{3}' again.</source>
      <translation>{0} nennt die Klassen {1}, aber fallwatch braucht {2} in dieser Reihenfolge; sonst wäre jedes Urteil verkehrt. Exportieren Sie '{3}' noch einmal.</translation>
    </message>
    <message>
      <source>{0} looks somewhere else than before, or something stands before it. Turn it back, or draw its zones again.</source>
      <translation>{0} blickt woanders hin als vorher, oder etwas steht davor. Drehen Sie die Kamera zurück oder zeichnen Sie ihre Zonen neu.</translation>
    </message>
    <message>
      <source>{0} says: wrong user or password. It is tried again only every few minutes, because cameras lock accounts.</source>
      <translation>{0} sagt: Benutzer oder Passwort falsch. Es wird nur alle paar Minuten erneut versucht, weil Kameras Konten sperren.</translation>
    </message>
    <message>
      <source>{0} sends images of {1}x{2} pixels, in which nobody can be seen. Set the camera to larger images.</source>
      <translation>{0} sendet Bilder von {1}x{2} Pixeln, auf denen niemand zu sehen ist. Stellen Sie die Kamera auf größere Bilder ein.</translation>
    </message>
    <message>
      <source>{0} shows nothing but an even surface. Check that nothing covers its lens and that it is clean.</source>
      <translation>{0} zeigt nur eine gleichförmige Fläche. Prüfen Sie, dass nichts die Linse verdeckt und dass sie sauber ist.</translation>
    </message>
    <message>
      <source>{0} wants a user and a password. Enter them below.</source>
      <translation>{0} verlangt Benutzer und Passwort. Geben Sie beides unten ein.</translation>
    </message>
    <message>
      <source>{0} wants a user and a password. Enter them with the camera.</source>
      <translation>{0} verlangt Benutzer und Passwort. Geben Sie sie bei der Kamera ein.</translation>
    </message>
    <message>
      <source>{0} wants no notifications any more.</source>
      <translation>{0} möchte nicht mehr benachrichtigt werden.</translation>
    </message>
    <message>
      <source>{0} was removed.</source>
      <translation>{0} wurde entfernt.</translation>
    </message>
    <message>
      <source>{0} {1} could do it, too.</source>
      <translation>{0} {1} könnte es auch.</translation>
    </message>
    <message>
      <source>{0}. Give the number of a webcam, a video file, or an address that begins with {1}.</source>
      <translation>{0}. Geben Sie die Nummer einer Webcam an, eine Videodatei oder eine Adresse, die mit {1} beginnt.</translation>
    </message>
    <message>
      <source>{0}: the calling chain is damaged. All recipients are told at once until it is put right.</source>
      <translation>{0}: Die Rufkette ist beschädigt. Bis das behoben ist, werden alle Empfänger sofort benachrichtigt.</translation>
    </message>
    <message>
      <source>{0}: watched already on this computer, in the window or by another fallwatch. Stop that one first.</source>
      <translation>{0}: wird auf diesem Computer schon überwacht, im Fenster oder von einem anderen fallwatch. Beenden Sie zuerst dieses.</translation>
    </message>
    <message>
      <source>{0}: {1} cannot be used ({2}); it is left out.</source>
      <translation>{0}: {1} ist nicht brauchbar ({2}) und wird weggelassen.</translation>
    </message>
    <message>
      <source>{0}: {1} cannot be used ({2}); it is set to {3}.</source>
      <translation>{0}: {1} ist nicht brauchbar ({2}); es gilt {3}.</translation>
    </message>
    <message>
      <source>{0}: {1} cannot be used ({2}); {3} is left out.</source>
      <translation>{0}: {1} ist nicht brauchbar ({2}); {3} wird weggelassen.</translation>
    </message>
    <message>
      <source>{0}: {1} is not a setting and is left out.</source>
      <translation>{0}: {1} ist keine Einstellung und wird weggelassen.</translation>
    </message>
    <message>
      <source>{0}: {1} is not a setting; {2} counts until it is put right.</source>
      <translation>{0}: {1} ist keine Einstellung; bis es richtiggestellt ist, gilt {2}.</translation>
    </message>
    <message>
      <source>{1} frames a second can be judged (with {0}).</source>
      <translation>{1} Bilder je Sekunde lassen sich auswerten (mit {0}).</translation>
    </message>
    <message>
      <source>{1} frames a second can be judged, {2} for each of {3} cameras (with {0}).</source>
      <translation>{1} Bilder je Sekunde lassen sich auswerten, {2} für jede von {3} Kameras (mit {0}).</translation>
    </message>
    <message>
      <source>{1} frames a second more can be judged, besides (with {0}).</source>
      <translation>Daneben lassen sich noch {1} Bilder je Sekunde auswerten (mit {0}).</translation>
    </message>
  </context>
  <context>
    <name>NightReview</name>
    <message>
      <source>Alarms from recorded clips are left out here: {0}. The list of events has them.</source>
      <translation>Alarme aus aufgezeichneten Clips fehlen hier: {0}. Sie stehen in der Liste der Ereignisse.</translation>
    </message>
    <message>
      <source>Figures by week</source>
      <translation>Zahlen nach Woche</translation>
    </message>
    <message>
      <source>Night review</source>
      <translation>Nachtrückblick</translation>
    </message>
    <message>
      <source>Night to {0}</source>
      <translation>Nacht zum {0}</translation>
    </message>
    <message>
      <source>Nothing happened to anybody in this night.</source>
      <translation>In dieser Nacht ist niemandem etwas passiert.</translation>
    </message>
    <message>
      <source>Outcome</source>
      <translation>Ergebnis</translation>
    </message>
    <message>
      <source>Room</source>
      <translation>Raum</translation>
    </message>
    <message>
      <source>Time</source>
      <translation>Zeit</translation>
    </message>
    <message>
      <source>What</source>
      <translation>Was</translation>
    </message>
  </context>
  <context>
    <name>NightTimeline</name>
    <message>
      <source>The night of each room</source>
      <translation>Die Nacht jedes Raums</translation>
    </message>
  </context>
  <context>
    <name>NoticeBar</name>
    <message>
      <source>Dismiss</source>
      <translation>Ausblenden</translation>
    </message>
    <message>
      <source>Dismiss the messages</source>
      <translation>Die Meldungen ausblenden</translation>
    </message>
  </context>
  <context>
    <name>NotifyPage</name>
    <message>
      <source>&amp;Add somebody…</source>
      <translation>&amp;Jemanden hinzufügen…</translation>
    </message>
    <message>
      <source>At once</source>
      <translation>Sofort</translation>
    </message>
    <message>
      <source>MQTT broker
{0}</source>
      <translation>MQTT-Broker
{0}</translation>
    </message>
    <message>
      <source>Recipients added or removed here count at once.</source>
      <translation>Wer hier hinzugefügt oder entfernt wird, zählt sofort.</translation>
    </message>
    <message>
      <source>Remove</source>
      <translation>Entfernen</translation>
    </message>
    <message>
      <source>Remove {0}</source>
      <translation>{0} entfernen</translation>
    </message>
    <message>
      <source>Sound on this computer</source>
      <translation>Ton an diesem Computer</translation>
    </message>
    <message>
      <source>Test</source>
      <translation>Test</translation>
    </message>
    <message>
      <source>Test {0}</source>
      <translation>{0} testen</translation>
    </message>
    <message>
      <source>Then, if nobody acknowledges for a while</source>
      <translation>Danach, wenn eine Weile niemand bestätigt</translation>
    </message>
    <message>
      <source>Then, if nobody acknowledges within {0} seconds</source>
      <translation>Danach, wenn innerhalb von {0} Sekunden niemand bestätigt</translation>
    </message>
    <message>
      <source>{0}: it works. Look or listen whether it has arrived.</source>
      <translation>{0}: Es klappt. Sehen oder hören Sie nach, ob es angekommen ist.</translation>
    </message>
    <message>
      <source>{0}: trying…</source>
      <translation>{0}: wird versucht…</translation>
    </message>
  </context>
  <context>
    <name>Overlay</name>
    <message>
      <source>Fallen</source>
      <translation>Gestürzt</translation>
    </message>
    <message>
      <source>Going down</source>
      <translation>Geht zu Boden</translation>
    </message>
    <message>
      <source>Lying</source>
      <translation>Liegt</translation>
    </message>
    <message>
      <source>Person</source>
      <translation>Person</translation>
    </message>
    <message>
      <source>Possible fall</source>
      <translation>Möglicher Sturz</translation>
    </message>
    <message>
      <source>Upright</source>
      <translation>Aufrecht</translation>
    </message>
  </context>
  <context>
    <name>PageDialog</name>
    <message>
      <source>Close</source>
      <translation>Schließen</translation>
    </message>
  </context>
  <context>
    <name>PauseDialog</name>
    <message>
      <source>&amp;Who pauses</source>
      <translation>Wer &amp;pausiert</translation>
    </message>
    <message>
      <source>1 hour</source>
      <translation>1 Stunde</translation>
    </message>
    <message>
      <source>For &amp;how long</source>
      <translation>&amp;Wie lange</translation>
    </message>
    <message>
      <source>Keep watching</source>
      <translation>Weiter überwachen</translation>
    </message>
    <message>
      <source>Pause watching</source>
      <translation>Überwachung pausieren</translation>
    </message>
    <message>
      <source>While a room is paused, nobody is told of a fall there. The pause ends by itself.</source>
      <translation>Solange ein Raum pausiert ist, erfährt niemand von einem Sturz dort. Die Pause endet von selbst.</translation>
    </message>
    <message>
      <source>{0} hours</source>
      <translation>{0} Stunden</translation>
    </message>
    <message>
      <source>{0} minutes</source>
      <translation>{0} Minuten</translation>
    </message>
  </context>
  <context>
    <name>PhonePage</name>
    <message>
      <source>&amp;Encrypt (phones warn once, until you trust its certificate)</source>
      <translation>&amp;Verschlüsseln (Telefone warnen einmal, bis Sie dem Zertifikat vertrauen)</translation>
    </message>
    <message>
      <source>&amp;Port</source>
      <translation>&amp;Port</translation>
    </message>
    <message>
      <source>&amp;Revoke</source>
      <translation>&amp;Entziehen</translation>
    </message>
    <message>
      <source>&amp;Show rooms and alarms on phones, in their browser</source>
      <translation>Räume und Alarme auf Telefonen &amp;zeigen, in deren Browser</translation>
    </message>
    <message>
      <source>&amp;Who can reach it</source>
      <translation>&amp;Wer sie erreicht</translation>
    </message>
    <message>
      <source>A browser on this computer: {0}, {1}</source>
      <translation>Ein Browser auf diesem Computer: {0}, {1}</translation>
    </message>
    <message>
      <source>Devices in the same network</source>
      <translation>Geräte im selben Netz</translation>
    </message>
    <message>
      <source>Devices that are let in</source>
      <translation>Zugelassene Geräte</translation>
    </message>
    <message>
      <source>From outside of the house reach it by a VPN such as Tailscale or WireGuard. Never forward this port in the router.</source>
      <translation>Von außerhalb des Hauses erreichen Sie sie über ein VPN wie Tailscale oder WireGuard. Geben Sie diesen Port niemals im Router frei.</translation>
    </message>
    <message>
      <source>It is out until the next start only: {0}</source>
      <translation>Nur bis zum nächsten Start ausgeschlossen: {0}</translation>
    </message>
    <message>
      <source>Its certificate (SHA-256): {0}</source>
      <translation>Das Zertifikat (SHA-256): {0}</translation>
    </message>
    <message>
      <source>No phone reaches the page: choose Devices in the same network above and save. Then open this page again, and pair the phone.</source>
      <translation>Kein Telefon erreicht die Seite: Wählen Sie oben „Geräte im selben Netz“ und speichern Sie. Öffnen Sie dann diese Seite wieder, und koppeln Sie das Telefon.</translation>
    </message>
    <message>
      <source>Open {0} on the phone and enter {1}, within five minutes.</source>
      <translation>Öffnen Sie {0} auf dem Telefon und geben Sie binnen fünf Minuten {1} ein.</translation>
    </message>
    <message>
      <source>Pair a p&amp;hone…</source>
      <translation>&amp;Telefon koppeln…</translation>
    </message>
    <message>
      <source>Programs on this computer alone</source>
      <translation>Nur Programme auf diesem Computer</translation>
    </message>
    <message>
      <source>Switch it on and save; then phones can be paired.</source>
      <translation>Schalten Sie sie ein und speichern Sie; dann können Telefone gekoppelt werden.</translation>
    </message>
    <message>
      <source>What the new phone may do</source>
      <translation>Was das neue Telefon darf</translation>
    </message>
    <message>
      <source>may let in others, too</source>
      <translation>darf auch andere zulassen</translation>
    </message>
    <message>
      <source>may look</source>
      <translation>darf zusehen</translation>
    </message>
    <message>
      <source>may look and acknowledge</source>
      <translation>darf zusehen und bestätigen</translation>
    </message>
    <message>
      <source>{0}: {1}, is notified, last here {2}</source>
      <translation>{0}: {1}, wird benachrichtigt, zuletzt hier {2}</translation>
    </message>
    <message>
      <source>{0}: {1}, last here {2}</source>
      <translation>{0}: {1}, zuletzt hier {2}</translation>
    </message>
  </context>
  <context>
    <name>PinDialog</name>
    <message>
      <source>Cancel</source>
      <translation>Abbrechen</translation>
    </message>
    <message>
      <source>Enter the PIN to pause or end the watch or to change settings.</source>
      <translation>Geben Sie die PIN ein, um die Überwachung anzuhalten oder zu beenden oder Einstellungen zu ändern.</translation>
    </message>
    <message>
      <source>Go on</source>
      <translation>Weiter</translation>
    </message>
    <message>
      <source>PIN</source>
      <translation>PIN</translation>
    </message>
    <message>
      <source>This PIN is not right.</source>
      <translation>Diese PIN ist nicht richtig.</translation>
    </message>
  </context>
  <context>
    <name>PlayerTimeline</name>
    <message>
      <source>Click or use the arrow keys to go to another place.</source>
      <translation>Klicken oder mit den Pfeiltasten an eine andere Stelle gehen.</translation>
    </message>
    <message>
      <source>Timeline</source>
      <translation>Zeitleiste</translation>
    </message>
    <message>
      <source>annotated fall</source>
      <translation>angemerkter Sturz</translation>
    </message>
  </context>
  <context>
    <name>QrCode</name>
    <message>
      <source>The same as a picture for the phone's camera</source>
      <translation>Dasselbe als Bild für die Kamera des Telefons</translation>
    </message>
  </context>
  <context>
    <name>QuietPage</name>
    <message>
      <source>&amp;Volume in quiet hours</source>
      <translation>&amp;Lautstärke in Ruhezeiten</translation>
    </message>
    <message>
      <source>In quiet hours alarms sound softer, never silent; what nobody acknowledges is told at full volume. Hours that end before they begin end on the next day.</source>
      <translation>In Ruhezeiten klingen Alarme leiser, aber nie stumm; was niemand bestätigt, wird wieder laut. Zeiten, die vor ihrem Beginn enden, enden am nächsten Tag.</translation>
    </message>
  </context>
  <context>
    <name>QuitDialog</name>
    <message>
      <source>Keep watching</source>
      <translation>Weiter überwachen</translation>
    </message>
    <message>
      <source>Only hide the window</source>
      <translation>Nur das Fenster verbergen</translation>
    </message>
    <message>
      <source>Quit</source>
      <translation>Beenden</translation>
    </message>
    <message>
      <source>Quit fallwatch</source>
      <translation>fallwatch beenden</translation>
    </message>
    <message>
      <source>Stop watching and quit?</source>
      <translation>Überwachung anhalten und beenden?</translation>
    </message>
    <message>
      <source>These rooms will no longer be watched: {0}. Nobody will be told of a fall there.</source>
      <translation>Diese Räume werden nicht mehr überwacht: {0}. Von einem Sturz dort erfährt niemand.</translation>
    </message>
  </context>
  <context>
    <name>RecipientDialog</name>
    <message>
      <source> seconds</source>
      <translation> Sekunden</translation>
    </message>
    <message>
      <source>&amp;Name</source>
      <translation>&amp;Name</translation>
    </message>
    <message>
      <source>&amp;Then, if nobody acknowledges within</source>
      <translation>&amp;Danach, wenn niemand bestätigt innerhalb von</translation>
    </message>
    <message>
      <source>Add</source>
      <translation>Hinzufügen</translation>
    </message>
    <message>
      <source>Add somebody who is told</source>
      <translation>Jemanden hinzufügen, der benachrichtigt wird</translation>
    </message>
    <message>
      <source>Addresses and passwords are kept in the system's keyring, where there is one.</source>
      <translation>Adressen und Passwörter werden im Schlüsselbund des Systems verwahrt, wenn es einen gibt.</translation>
    </message>
    <message>
      <source>Anna's phone</source>
      <translation>Annas Telefon</translation>
    </message>
    <message>
      <source>By &amp;way of</source>
      <translation>&amp;Weg</translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>Abbrechen</translation>
    </message>
    <message>
      <source>Send a t&amp;est message</source>
      <translation>&amp;Testnachricht senden</translation>
    </message>
    <message>
      <source>Send the snaps&amp;hot of the alarm too</source>
      <translation>Auch das &amp;Bild des Alarms senden</translation>
    </message>
    <message>
      <source>Sending…</source>
      <translation>Wird gesendet…</translation>
    </message>
    <message>
      <source>Sent to {0}: room, time and reason of each alarm, and its snapshot as the room's privacy allows.</source>
      <translation>Geht an {0}: Raum, Zeit und Grund jedes Alarms, und sein Bild, wie es der Datenschutz des Raums erlaubt.</translation>
    </message>
    <message>
      <source>Sent to {0}: room, time and reason of each alarm, but no snapshot.</source>
      <translation>Geht an {0}: Raum, Zeit und Grund jedes Alarms, aber kein Bild.</translation>
    </message>
    <message>
      <source>That is outside of your own network.</source>
      <translation>Das liegt außerhalb Ihres eigenen Netzes.</translation>
    </message>
    <message>
      <source>The service has taken the message. Look whether it has arrived.</source>
      <translation>Der Dienst hat die Nachricht angenommen. Sehen Sie nach, ob sie angekommen ist.</translation>
    </message>
    <message>
      <source>There is one of this name already.</source>
      <translation>Diesen Namen gibt es schon.</translation>
    </message>
    <message>
      <source>the service</source>
      <translation>den Dienst</translation>
    </message>
  </context>
  <context>
    <name>RecordPage</name>
    <message>
      <source>An event that nobody has acknowledged is never deleted by itself.</source>
      <translation>Ein Ereignis, das niemand bestätigt hat, wird nie von selbst gelöscht.</translation>
    </message>
    <message>
      <source>Keep events for at most</source>
      <translation>Ereignisse höchstens behalten für</translation>
    </message>
    <message>
      <source>Snapshots and clips take at most</source>
      <translation>Bilder und Clips belegen höchstens</translation>
    </message>
    <message>
      <source>days</source>
      <translation>Tage</translation>
    </message>
  </context>
  <context>
    <name>ReviewController</name>
    <message>
      <source>&amp;Night review…</source>
      <translation>&amp;Nachtrückblick…</translation>
    </message>
    <message>
      <source>Save the night review</source>
      <translation>Nachtrückblick speichern</translation>
    </message>
  </context>
  <context>
    <name>ReviewDialog</name>
    <message>
      <source>A note, before the verdict is pressed</source>
      <translation>Eine Notiz, bevor Sie das Urteil drücken</translation>
    </message>
    <message>
      <source>Event before</source>
      <translation>Ereignis davor</translation>
    </message>
    <message>
      <source>Morning</source>
      <translation>Morgen</translation>
    </message>
    <message>
      <source>Next event</source>
      <translation>Nächstes Ereignis</translation>
    </message>
    <message>
      <source>Next night</source>
      <translation>Nächste Nacht</translation>
    </message>
    <message>
      <source>Next ▶</source>
      <translation>Weiter ▶</translation>
    </message>
    <message>
      <source>Night before</source>
      <translation>Nacht davor</translation>
    </message>
    <message>
      <source>Night review</source>
      <translation>Nachtrückblick</translation>
    </message>
    <message>
      <source>Note</source>
      <translation>Notiz</translation>
    </message>
    <message>
      <source>Nothing happened to anybody in this night.</source>
      <translation>In dieser Nacht ist niemandem etwas passiert.</translation>
    </message>
    <message>
      <source>PDF…</source>
      <translation>PDF…</translation>
    </message>
    <message>
      <source>Table…</source>
      <translation>Tabelle…</translation>
    </message>
    <message>
      <source>from noon to noon</source>
      <translation>von Mittag bis Mittag</translation>
    </message>
    <message>
      <source>{0} of {1}</source>
      <translation>{0} von {1}</translation>
    </message>
    <message>
      <source>◀ Before</source>
      <translation>◀ Davor</translation>
    </message>
  </context>
  <context>
    <name>RoomMenu</name>
    <message>
      <source>Blur people</source>
      <translation>Menschen verpixeln</translation>
    </message>
    <message>
      <source>Change camera…</source>
      <translation>Kamera ändern…</translation>
    </message>
    <message>
      <source>Close</source>
      <translation>Schließen</translation>
    </message>
    <message>
      <source>I am in the room</source>
      <translation>Ich bin im Raum</translation>
    </message>
    <message>
      <source>No alarm sound for…</source>
      <translation>Kein Alarmton für…</translation>
    </message>
    <message>
      <source>Pause watching…</source>
      <translation>Überwachung pausieren…</translation>
    </message>
    <message>
      <source>Privacy</source>
      <translation>Privatsphäre</translation>
    </message>
    <message>
      <source>Remove room…</source>
      <translation>Raum entfernen…</translation>
    </message>
    <message>
      <source>Show people</source>
      <translation>Menschen zeigen</translation>
    </message>
    <message>
      <source>Skeletons only, no image</source>
      <translation>Nur Skelette, kein Bild</translation>
    </message>
    <message>
      <source>Sound on again</source>
      <translation>Ton wieder ein</translation>
    </message>
    <message>
      <source>Start</source>
      <translation>Start</translation>
    </message>
    <message>
      <source>Stop</source>
      <translation>Stopp</translation>
    </message>
    <message>
      <source>The visit is over</source>
      <translation>Der Besuch ist vorbei</translation>
    </message>
    <message>
      <source>Zones: beds and places to ignore…</source>
      <translation>Zonen: Betten und Ausgenommenes…</translation>
    </message>
    <message>
      <source>{0} minutes</source>
      <translation>{0} Minuten</translation>
    </message>
  </context>
  <context>
    <name>RoomTile</name>
    <message>
      <source>Alarm sound of {0} on again</source>
      <translation>Alarmton von {0} wieder ein</translation>
    </message>
    <message>
      <source>Care visit, alarms paused: {0}</source>
      <translation>Pflegebesuch, Alarme pausiert: {0}</translation>
    </message>
    <message>
      <source>Frames analysed</source>
      <translation>Ausgewertete Bilder</translation>
    </message>
    <message>
      <source>Frames analysed each second: {0}</source>
      <translation>Ausgewertete Bilder pro Sekunde: {0}</translation>
    </message>
    <message>
      <source>Getting ready</source>
      <translation>Wird vorbereitet</translation>
    </message>
    <message>
      <source>In the room: {0}</source>
      <translation>Im Raum: {0}</translation>
    </message>
    <message>
      <source>Last image looked at {0} s ago</source>
      <translation>Letztes Bild vor {0} s angesehen</translation>
    </message>
    <message>
      <source>No alarm sound here for {0}</source>
      <translation>Hier noch {0} kein Alarmton</translation>
    </message>
    <message>
      <source>No sound: {0}</source>
      <translation>Ohne Ton: {0}</translation>
    </message>
    <message>
      <source>Sound on</source>
      <translation>Ton ein</translation>
    </message>
    <message>
      <source>The visit to {0} is over</source>
      <translation>Der Besuch in {0} ist vorbei</translation>
    </message>
    <message>
      <source>Visit over</source>
      <translation>Besuch vorbei</translation>
    </message>
    <message>
      <source>Visit: {0}</source>
      <translation>Besuch: {0}</translation>
    </message>
    <message>
      <source>What to do with {0}</source>
      <translation>Was mit {0} geschehen soll</translation>
    </message>
    <message>
      <source>{0} s ago</source>
      <translation>vor {0} s</translation>
    </message>
  </context>
  <context>
    <name>SelfTestDialog</name>
    <message>
      <source>&amp;Close</source>
      <translation>&amp;Schließen</translation>
    </message>
    <message>
      <source>All is well.</source>
      <translation>Alles in Ordnung.</translation>
    </message>
    <message>
      <source>Self-test</source>
      <translation>Selbsttest</translation>
    </message>
    <message>
      <source>Test &amp;again</source>
      <translation>&amp;Erneut testen</translation>
    </message>
    <message>
      <source>Testing. A short sound plays.</source>
      <translation>Der Test läuft. Ein kurzer Ton erklingt.</translation>
    </message>
    <message>
      <source>The self-test broke off: {0}</source>
      <translation>Der Selbsttest brach ab: {0}</translation>
    </message>
    <message>
      <source>{0} of {1} checks failed.</source>
      <translation>{0} von {1} Prüfungen sind fehlgeschlagen.</translation>
    </message>
  </context>
  <context>
    <name>SettingsDialog</name>
    <message>
      <source>Advanced</source>
      <translation>Erweitert</translation>
    </message>
    <message>
      <source>Alarm</source>
      <translation>Alarm</translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>Abbrechen</translation>
    </message>
    <message>
      <source>Notifications</source>
      <translation>Nachrichten</translation>
    </message>
    <message>
      <source>Pages of the settings</source>
      <translation>Seiten der Einstellungen</translation>
    </message>
    <message>
      <source>Phone</source>
      <translation>Telefon</translation>
    </message>
    <message>
      <source>Quiet hours</source>
      <translation>Ruhezeiten</translation>
    </message>
    <message>
      <source>Record</source>
      <translation>Aufzeichnung</translation>
    </message>
    <message>
      <source>Save</source>
      <translation>Speichern</translation>
    </message>
    <message>
      <source>Settings</source>
      <translation>Einstellungen</translation>
    </message>
    <message>
      <source>This computer</source>
      <translation>Computer</translation>
    </message>
    <message>
      <source>Watching</source>
      <translation>Überwachung</translation>
    </message>
  </context>
  <context>
    <name>SettingsTransfer</name>
    <message>
      <source>&amp;Export settings…</source>
      <translation>Einstellungen e&amp;xportieren…</translation>
    </message>
    <message>
      <source>&amp;Import settings…</source>
      <translation>Einstellungen &amp;importieren…</translation>
    </message>
    <message>
      <source>Export settings</source>
      <translation>Einstellungen exportieren</translation>
    </message>
    <message>
      <source>Import settings</source>
      <translation>Einstellungen importieren</translation>
    </message>
    <message>
      <source>Settings (*.toml)</source>
      <translation>Einstellungen (*.toml)</translation>
    </message>
  </context>
  <context>
    <name>Shade</name>
    <message>
      <source>Dimmed; touch to brighten</source>
      <translation>Abgedunkelt; zum Aufhellen berühren</translation>
    </message>
  </context>
  <context>
    <name>SmallerStream</name>
    <message>
      <source>Large stream again</source>
      <translation>Wieder großes Bild</translation>
    </message>
    <message>
      <source>The camera also has a smaller stream. It costs this computer less and is usually enough; recordings are then that small, too.</source>
      <translation>Die Kamera bietet auch ein kleineres Bild. Es kostet diesen Computer weniger und genügt meist; Aufnahmen sind dann ebenso klein.</translation>
    </message>
    <message>
      <source>This is the smaller stream.</source>
      <translation>Das ist das kleinere Bild.</translation>
    </message>
    <message>
      <source>This stream is very small: somebody at the far end of the room may be missed. Choose a larger size for it in the camera's settings, or go back.</source>
      <translation>Dieses Bild ist sehr klein: Jemand am anderen Ende des Raums kann übersehen werden. Wählen Sie in den Einstellungen der Kamera eine größere Auflösung dafür, oder gehen Sie zurück.</translation>
    </message>
    <message>
      <source>Use smaller stream</source>
      <translation>Kleineres Bild nehmen</translation>
    </message>
  </context>
  <context>
    <name>Source</name>
    <message>
      <source>&amp;Address</source>
      <translation>&amp;Adresse</translation>
    </message>
    <message>
      <source>&amp;Network camera</source>
      <translation>&amp;Netzwerkkamera</translation>
    </message>
    <message>
      <source>&amp;Password</source>
      <translation>&amp;Passwort</translation>
    </message>
    <message>
      <source>&amp;User</source>
      <translation>&amp;Benutzer</translation>
    </message>
    <message>
      <source>&amp;Webcam of this computer</source>
      <translation>&amp;Webcam dieses Computers</translation>
    </message>
    <message>
      <source>To try fallwatch out. A file is a clip: its alarms say so, and end when it is stopped or fallwatch is quit.</source>
      <translation>Zum Ausprobieren. Eine Datei ist ein Clip: Ihre Alarme sagen das, und sie enden, wenn der Clip gestoppt oder fallwatch beendet wird.</translation>
    </message>
    <message>
      <source>Video &amp;file, played over and over</source>
      <translation>Video&amp;datei, die immer wieder abgespielt wird</translation>
    </message>
    <message>
      <source>Video file</source>
      <translation>Videodatei</translation>
    </message>
    <message>
      <source>Webcam</source>
      <translation>Webcam</translation>
    </message>
  </context>
  <context>
    <name>SourceForm</name>
    <message>
      <source>Nothing is entered yet.</source>
      <translation>Es ist noch nichts eingegeben.</translation>
    </message>
    <message>
      <source>unchanged</source>
      <translation>unverändert</translation>
    </message>
  </context>
  <context>
    <name>StateChip</name>
    <message>
      <source>State: {0}</source>
      <translation>Zustand: {0}</translation>
    </message>
  </context>
  <context>
    <name>StripLegend</name>
    <message>
      <source>Alarm above this</source>
      <translation>Darüber Alarm</translation>
    </message>
    <message>
      <source>All signs together</source>
      <translation>Alle Anzeichen zusammen</translation>
    </message>
    <message>
      <source>Each frame alone</source>
      <translation>Jedes Bild für sich</translation>
    </message>
    <message>
      <source>Last minute</source>
      <translation>Letzte Minute</translation>
    </message>
  </context>
  <context>
    <name>StripPlot</name>
    <message>
      <source>Evidence for a fall during the last minute</source>
      <translation>Anzeichen für einen Sturz in der letzten Minute</translation>
    </message>
    <message>
      <source>now</source>
      <translation>jetzt</translation>
    </message>
    <message>
      <source>{0} s</source>
      <translation>{0} s</translation>
    </message>
  </context>
  <context>
    <name>Times</name>
    <message>
      <source>{0} h {1} min</source>
      <translation>{0} h {1} min</translation>
    </message>
    <message>
      <source>{0} min {1} s</source>
      <translation>{0} min {1} s</translation>
    </message>
    <message>
      <source>{0} s</source>
      <translation>{0} s</translation>
    </message>
    <message>
      <source>{0}-W{1}</source>
      <translation>KW {1}/{0}</translation>
    </message>
  </context>
  <context>
    <name>Tools</name>
    <message>
      <source>&amp;Recorded clips…</source>
      <translation>&amp;Aufgezeichnete Clips…</translation>
    </message>
    <message>
      <source>&amp;Self-test…</source>
      <translation>&amp;Selbsttest…</translation>
    </message>
    <message>
      <source>&amp;Tools</source>
      <translation>&amp;Werkzeuge</translation>
    </message>
  </context>
  <context>
    <name>Tray</name>
    <message>
      <source>Acknowledge</source>
      <translation>Bestätigen</translation>
    </message>
    <message>
      <source>Paused: {0}</source>
      <translation>Pausiert: {0}</translation>
    </message>
    <message>
      <source>Quit</source>
      <translation>Beenden</translation>
    </message>
    <message>
      <source>Show fallwatch</source>
      <translation>fallwatch zeigen</translation>
    </message>
    <message>
      <source>The window is hidden. Click this symbol to see it; quit from its menu.</source>
      <translation>Das Fenster ist verborgen. Ein Klick auf dieses Symbol zeigt es; beenden lässt es sich in seinem Menü.</translation>
    </message>
    <message>
      <source>fallwatch goes on watching</source>
      <translation>fallwatch überwacht weiter</translation>
    </message>
    <message>
      <source>fallwatch: no alarm to acknowledge</source>
      <translation>fallwatch: kein Alarm zu bestätigen</translation>
    </message>
    <message>
      <source>{0} (for {1} min)</source>
      <translation>{0} (noch {1} min)</translation>
    </message>
  </context>
  <context>
    <name>VideoView</name>
    <message>
      <source>Alarm: {0}. {1}</source>
      <translation>Alarm: {0}. {1}</translation>
    </message>
    <message>
      <source>Image</source>
      <translation>Bild</translation>
    </message>
    <message>
      <source>Image of {0}</source>
      <translation>Bild von {0}</translation>
    </message>
    <message>
      <source>NOT MONITORING</source>
      <translation>NICHT ÜBERWACHT</translation>
    </message>
    <message>
      <source>{0} – not acknowledged yet</source>
      <translation>{0} – noch nicht bestätigt</translation>
    </message>
    <message>
      <source>{0} – open</source>
      <translation>{0} – offen</translation>
    </message>
  </context>
  <context>
    <name>WatchingPage</name>
    <message>
      <source>&amp;Sensitivity of all rooms</source>
      <translation>&amp;Empfindlichkeit aller Räume</translation>
    </message>
    <message>
      <source>A room can have a sensitivity of its own: in its menu, Change camera…</source>
      <translation>Ein Raum kann eine eigene Empfindlichkeit haben: in seinem Menü unter „Kamera ändern…“</translation>
    </message>
    <message>
      <source>Alarm &amp;again when somebody still lies there after</source>
      <translation>E&amp;rneut Alarm, wenn jemand noch liegt nach</translation>
    </message>
    <message>
      <source>Alarm when somebody is found on the &amp;floor for</source>
      <translation>Alarm, wenn jemand am &amp;Boden liegt seit</translation>
    </message>
    <message>
      <source>s</source>
      <translation>s</translation>
    </message>
  </context>
  <context>
    <name>Ways</name>
    <message>
      <source>&amp;Address</source>
      <translation>&amp;Adresse</translation>
    </message>
    <message>
      <source>&amp;Chat number</source>
      <translation>&amp;Chat-Nummer</translation>
    </message>
    <message>
      <source>&amp;From</source>
      <translation>&amp;Von</translation>
    </message>
    <message>
      <source>&amp;Password</source>
      <translation>&amp;Passwort</translation>
    </message>
    <message>
      <source>&amp;Server</source>
      <translation>&amp;Server</translation>
    </message>
    <message>
      <source>&amp;To</source>
      <translation>A&amp;n</translation>
    </message>
    <message>
      <source>&amp;Topic</source>
      <translation>&amp;Thema</translation>
    </message>
    <message>
      <source>&amp;User, if not the sender</source>
      <translation>&amp;Benutzer, falls nicht der Absender</translation>
    </message>
    <message>
      <source>Another service</source>
      <translation>Ein anderer Dienst</translation>
    </message>
    <message>
      <source>Apprise &amp;address</source>
      <translation>Apprise-&amp;Adresse</translation>
    </message>
    <message>
      <source>Bot &amp;token</source>
      <translation>Bot-&amp;Token</translation>
    </message>
    <message>
      <source>Choose a topic nobody guesses, and subscribe to it in the app ntfy on the phone.</source>
      <translation>Wählen Sie ein Thema, das niemand errät, und abonnieren Sie es in der App ntfy auf dem Telefon.</translation>
    </message>
    <message>
      <source>Each alarm is sent there as JSON.</source>
      <translation>Jeder Alarm wird als JSON dorthin gesendet.</translation>
    </message>
    <message>
      <source>Mail</source>
      <translation>E-Mail</translation>
    </message>
    <message>
      <source>Mail &amp;server</source>
      <translation>Mail&amp;server</translation>
    </message>
    <message>
      <source>More than a hundred others are possible; appriseit.com lists how addresses are written.</source>
      <translation>Über hundert weitere sind möglich; appriseit.com zeigt, wie Adressen geschrieben werden.</translation>
    </message>
    <message>
      <source>Telegram</source>
      <translation>Telegram</translation>
    </message>
    <message>
      <source>The mail provider's help pages name the server for sending mail.</source>
      <translation>Der Server zum Senden steht auf den Hilfeseiten des E-Mail-Anbieters.</translation>
    </message>
    <message>
      <source>Web address (webhook)</source>
      <translation>Web-Adresse (Webhook)</translation>
    </message>
    <message>
      <source>Write to @BotFather in Telegram to get a bot and its token, and say something to the bot.</source>
      <translation>Schreiben Sie in Telegram an @BotFather, um einen Bot und sein Token zu bekommen, und schreiben Sie dem Bot etwas.</translation>
    </message>
    <message>
      <source>ntfy (an app for phones)</source>
      <translation>ntfy (eine App für Telefone)</translation>
    </message>
  </context>
  <context>
    <name>WebcamField</name>
    <message>
      <source>No webcam found; try the first one</source>
      <translation>Keine Webcam gefunden; die erste versuchen</translation>
    </message>
    <message>
      <source>Webcam {0}</source>
      <translation>Webcam {0}</translation>
    </message>
  </context>
  <context>
    <name>Words</name>
    <message>
      <source>Acknowledged</source>
      <translation>Bestätigt</translation>
    </message>
    <message>
      <source>At {0} in the clip. {1}</source>
      <translation>Bei {0} im Clip. {1}</translation>
    </message>
    <message>
      <source>Begun</source>
      <translation>Begonnen</translation>
    </message>
    <message>
      <source>Closed</source>
      <translation>Beendet</translation>
    </message>
    <message>
      <source>End of the alarm</source>
      <translation>Ende des Alarms</translation>
    </message>
    <message>
      <source>Ended</source>
      <translation>Beendet</translation>
    </message>
    <message>
      <source>False alarm</source>
      <translation>Fehlalarm</translation>
    </message>
    <message>
      <source>Message</source>
      <translation>Nachricht</translation>
    </message>
    <message>
      <source>No verdict</source>
      <translation>Kein Urteil</translation>
    </message>
    <message>
      <source>Not acknowledged yet</source>
      <translation>Noch nicht bestätigt</translation>
    </message>
    <message>
      <source>Over by itself</source>
      <translation>Von selbst vorbei</translation>
    </message>
    <message>
      <source>Over by itself, not acknowledged yet</source>
      <translation>Von selbst vorbei, noch nicht bestätigt</translation>
    </message>
    <message>
      <source>Real alarm</source>
      <translation>Echter Alarm</translation>
    </message>
    <message>
      <source>Since an unknown time</source>
      <translation>Seit unbekannter Zeit</translation>
    </message>
    <message>
      <source>Since {0}, {1} ago</source>
      <translation>Seit {0}, vor {1}</translation>
    </message>
    <message>
      <source>Snapshot</source>
      <translation>Bild</translation>
    </message>
    <message>
      <source>Still on the floor</source>
      <translation>Noch immer am Boden</translation>
    </message>
    <message>
      <source>The clip is over</source>
      <translation>Der Clip ist zu Ende</translation>
    </message>
    <message>
      <source>Unsure</source>
      <translation>Unsicher</translation>
    </message>
    <message>
      <source>Why: {0}</source>
      <translation>Warum: {0}</translation>
    </message>
    <message>
      <source>by itself</source>
      <translation>von selbst</translation>
    </message>
    <message>
      <source>command line</source>
      <translation>Befehlszeile</translation>
    </message>
    <message>
      <source>its own computer</source>
      <translation>seinen eigenen Computer</translation>
    </message>
    <message>
      <source>retention</source>
      <translation>Aufbewahrungsfrist</translation>
    </message>
    <message>
      <source>the clip was over</source>
      <translation>der Clip war zu Ende</translation>
    </message>
    <message>
      <source>this computer</source>
      <translation>dieser Computer</translation>
    </message>
    <message>
      <source>triggered again: {0}</source>
      <translation>erneut ausgelöst: {0}</translation>
    </message>
    <message>
      <source>{0} by {1}</source>
      <translation>{0} durch {1}</translation>
    </message>
    <message>
      <source>{0} in the clip {1}</source>
      <translation>{0} im Clip {1}</translation>
    </message>
    <message>
      <source>{0} to {1}: delivered {2}</source>
      <translation>{0} an {1}: zugestellt {2}</translation>
    </message>
    <message>
      <source>{0} to {1}: not delivered</source>
      <translation>{0} an {1}: nicht zugestellt</translation>
    </message>
    <message>
      <source>{0} to {1}: not delivered yet, tried {2} times</source>
      <translation>{0} an {1}: noch nicht zugestellt, {2}-mal versucht</translation>
    </message>
    <message>
      <source>{0} to {1}: waiting</source>
      <translation>{0} an {1}: wartet</translation>
    </message>
    <message>
      <source>{0} {1}</source>
      <translation>{0} {1}</translation>
    </message>
    <message>
      <source>{0} – {1}</source>
      <translation>{0} – {1}</translation>
    </message>
    <message>
      <source>{0}. Over by itself, but nobody has acknowledged it</source>
      <translation>{0}. Von selbst vorbei, aber niemand hat ihn bestätigt</translation>
    </message>
  </context>
  <context>
    <name>WorstRoom</name>
    <message>
      <source>{0}, and {1} more</source>
      <translation>{0}, und {1} weitere</translation>
    </message>
    <message>
      <source>{0}: {1}</source>
      <translation>{0}: {1}</translation>
    </message>
  </context>
  <context>
    <name>ZoneDialog</name>
    <message>
      <source>&amp;Close zone</source>
      <translation>Zone &amp;schließen</translation>
    </message>
    <message>
      <source>&amp;Remove zone</source>
      <translation>Zone &amp;entfernen</translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>Abbrechen</translation>
    </message>
    <message>
      <source>Click the corners of a bed or sofa, where lying is no fall, or of something to ignore, such as a mirror or television. Click the first corner again to close the zone. Drag corners to move them.

With the keyboard: arrow keys move the cross, Space sets a corner or picks one up, Enter closes the zone, Backspace takes a corner back, Delete removes a zone.</source>
      <translation>Klicken Sie auf die Ecken eines Betts oder Sofas, wo Liegen kein Sturz ist, oder von etwas, das nicht zählt, wie Spiegel oder Fernseher. Ein Klick auf die erste Ecke schließt die Zone. Ecken lassen sich ziehen.

Mit der Tastatur: Pfeiltasten bewegen das Kreuz, die Leertaste setzt eine Ecke oder nimmt eine auf, Eingabe schließt die Zone, Rücktaste nimmt eine Ecke zurück, Entf entfernt eine Zone.</translation>
    </message>
    <message>
      <source>Save</source>
      <translation>Speichern</translation>
    </message>
    <message>
      <source>The zone &amp;is</source>
      <translation>Die Zone &amp;ist</translation>
    </message>
    <message>
      <source>What the zone is</source>
      <translation>Was die Zone ist</translation>
    </message>
    <message>
      <source>Zones of this room</source>
      <translation>Zonen dieses Raums</translation>
    </message>
    <message>
      <source>Zones of {0}</source>
      <translation>Zonen von {0}</translation>
    </message>
  </context>
  <context>
    <name>ZoneEditor</name>
    <message>
      <source>Arrow keys move the cross, Space sets a corner, Enter closes the zone, Backspace takes the last corner back, Delete removes the chosen zone.</source>
      <translation>Pfeiltasten bewegen das Kreuz, die Leertaste setzt eine Ecke, Eingabe schließt die Zone, Rücktaste nimmt die letzte Ecke zurück, Entf entfernt die gewählte Zone.</translation>
    </message>
    <message>
      <source>Zones on the image</source>
      <translation>Zonen auf dem Bild</translation>
    </message>
  </context>
  <context>
    <name>Zones</name>
    <message>
      <source>Bed or sofa</source>
      <translation>Bett oder Sofa</translation>
    </message>
    <message>
      <source>Ignored</source>
      <translation>Zählt nicht</translation>
    </message>
  </context>
  <context>
    <name>_DayRow</name>
    <message>
      <source>to</source>
      <translation>bis</translation>
    </message>
    <message>
      <source>{0}: quiet from</source>
      <translation>{0}: leise ab</translation>
    </message>
    <message>
      <source>{0}: quiet until</source>
      <translation>{0}: leise bis</translation>
    </message>
  </context>
</TS>
