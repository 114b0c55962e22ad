"""What the parts behind the window say, as patterns: ``{0}`` stands for what differs.

Each is spelt as in its source; a test finds those that are missing here.
"""

from __future__ import annotations

_WATCHING = (
    "Pictures are being analysed.",
    "The clip has ended.",
    "The models are being loaded again.",
    "No new picture for {0} s.",
    "The analysis is too slow: its last result is {0} s old.",
    "Loading models",
    "The models are still loading after {0} s.",
    "Waiting for the first picture",
    "No picture yet after {0} s.",
    "The first picture is not analysed after {0} s.",
    "Not monitoring.",
    "Stopping.",
    "{0} does not answer. Trying again.",
    "{0} does not answer. Check the disk or network folder it lies on.",
    "{0} does not answer, and neither does its driver. Unplug the camera and plug it in again; if "
    "that does not help, start fallwatch anew.",
    "The analysis of {0} failed: {1}. Trying again.",
    "Reading {0} failed: {1}.",
    "{0} Trying again.",
    "The computer slept or was too busy.",
    "fallwatch was not running.",
    "Only {0} pictures a second are analysed in {1}, and a fall may be missed. {2}.",
    "The camera sends no more: set it to at least 10 pictures a second",
    "This computer is too busy: close other programs, or watch fewer rooms",
    "Pictures arrive late: what {0} shows is several seconds old. This computer or the network is "
    "too busy: close other programs, watch fewer rooms, or set the camera to smaller pictures.",
    "{0} is too dark to see anybody. Switch a light on, or use a camera that sees in the dark.",
    "{0} shows nothing but an even surface. Check that nothing covers its lens and that it is "
    "clean.",
    "{0} has sent the same picture for more than {1} seconds. Nobody who falls there is seen. "
    "Switch the camera off and on again.",
    "{0} looks somewhere else than before, or something stands before it. Turn it back, or draw "
    "its zones anew.",
)

_EVIDENCE = (
    "head came down {0} body heights within {1} s, up to {2} per second",
    "torso {0} degrees from upright",
    "head {0} body heights above the floor",
    "classifier {0} for fallen",
    "lost from view right after the descent",
    "upright for {0} s",
    "not seen getting up for {0} s after a fall",
    "lying on the floor for {0} s, no fall seen",
)

_HISTORY = (
    "raised",
    "recovered",
    "acknowledged",
    "acknowledged: {0}",
    "false alarm",
    "condition cleared",
    "clip closed",
    "end of the clip",
    "the person got up",
    "not answered before the restart: told again",
    "closed at the restart",
    "this computer",
    "its own computer",
    "there: {0}",
    "unacknowledged",
    "returned unacknowledged",
    "closed",
    "deleted",
    "deleted: older than is kept",
    "recordings deleted: they took too much room",
)

_CAMERAS = (
    "Webcam {0} sends no picture. Check its plug, and that no other program uses it.",
    "Webcam {0} cannot be opened. Check that it is plugged in, that no other program uses it, and "
    "that you may use the camera.",
    "There is no webcam {0}. {1}",
    "No webcam is plugged into this PC, or you may not use it.",
    "This PC has: {0}.",
    "{0} is not a camera address. Write it as rtsp://user:password@host:port/path or "
    "http://host:port/path; in a password, write @ as %40, / as %2F, # as %23 and : as %3A.",
    "{0} cannot be reached: {1}.",
    "{0} has stopped sending pictures. Check the camera's power and network.",
    "{0} answers, but sends no video. Check the path, the user and the password; the camera's "
    "manual names them.",
    "nothing on the network is called {0}. Check the name",
    "no answer. Check the camera's power, network and address",
    "nothing there listens on port {0}. Check the port and the camera",
    "the network does not lead there. Check this PC's network and the address",
    "{0} is no source of pictures",
    "No source was given",
    "{0}. Give the number of a webcam, a video file, or an address that begins with {1}.",
    "{0} is not open.",
    "{0} has ended.",
    "Opening {0} was interrupted.",
    "Reading {0} was interrupted.",
    "The test broke off. Try again.",
)

_FILES = (
    "{0} is not a video that can be read. If it plays in another program, convert it to MP4 with "
    "H.264.",
    "{0} is incomplete: its index is missing, as when a recording or a copy was cut short. Copy "
    "it again from where it came.",
    "{0} holds pictures of a kind that cannot be shown ({1}). Convert it to MP4 with H.264.",
    "{0} is too damaged to be read on. Copy it again from where it came.",
    "no answer for {0} s",
    "{0} cannot be read ({1}). Check that the disk is there and that you may read the file.",
    "{0} does not exist. Check the name and the folder.",
    "{0} is a folder. Choose a video file in it.",
    "{0} is not a file. Choose a video file.",
    "{0} is empty (0 bytes). Copy or record it again.",
    "{0} ended early, at {1} s of {2} s; it may be damaged. Copy it again from where it came.",
    "{0} holds no picture that can be read. It may be damaged, or a sound recording: copy or "
    "record it again.",
    "{0} holds no pictures.",
    "{0} cannot be played. It may have been moved, deleted or damaged.",
    "{0} holds no picture that can be shown.",
    "{0} holds pictures that cannot be shown.",
)

_SOUND = (
    "Alarms cannot sound: this computer has no program that plays sounds. On Debian or Ubuntu "
    "install the packages alsa-utils and mpg123, then restart fallwatch.",
    "Alarms cannot sound: this computer has no sound output. Connect a loudspeaker, or switch the "
    "sound device on in the system's settings.",
    "Alarms cannot sound: the sound file {0} is missing. Install fallwatch again.",
    "Alarms cannot sound. {0} Check that a loudspeaker is connected and chosen in the system's "
    "sound settings.",
    "The player {0} did not start ({1}).",
    "The player {0} gave up at once.",
    "The softer alarm sounds cannot be made ({0}). Free some disk space, or clear the quiet hours "
    "in the settings.",
    "The alarm channel {0} has not come back for {1} seconds. Check it, and restart fallwatch if "
    "it stays so.",
    "{0} failed unexpectedly ({1}). It is tried again.",
    "The alarm channel {0}",
)

_RECORD = (
    "Alarms sound, but cannot be recorded. {0}",
    "The event record {0} cannot be used ({1}). Free some disk space, check that the folder is "
    "writable, and that only one fallwatch runs.",
    "The event record {0} is damaged ({1}). It is kept as {2}.damaged-{3}, and a new record is "
    "begun: earlier events no longer appear in the list.",
    "The event record {0} was written by a newer fallwatch. Install that version, or move the "
    "file away to begin a new record.",
    "One event in the record {0} is damaged ({1}) and is left out. Check the disk.",
    "Only {0} MB are free on the disk of {1}. Alarms work and are recorded, but without clips. "
    "Free some space, or shorten how long recordings are kept.",
    "Alarms work, but a picture or clip is missing. {0}",
    "Recording failed: {0}.",
    "{0} cannot be used ({1}).",
    "The picture of an event cannot be stored ({0}).",
    "The clip {0} cannot be written ({1}).",
)

_SETTINGS = (
    "The settings could not be saved in {0} ({1}). Free some disk space or make the folder "
    "writable, then change the setting again.",
    "The settings in {0} could not be read ({1}). The file is kept as {2}; all settings take "
    "their defaults.",
    "The settings in {0} could not be read ({1}). All settings take their defaults; remove the "
    "file or make it readable.",
    "{0}: {1} = {2} cannot be used ({3}); it is left out.",
    "{0}: {1} = {2} cannot be used ({3}); it is set to {4}.",
    "{0}: {1} is not a setting and is left out.",
    "its defaults",
    "nothing",
    "The password could not be {0}: this computer has no keyring, and {1} does not hold it. Enter "
    "it again.",
    "The password could not be {0} ({1}). Unlock the system's keyring, or enter the password "
    "again after the next start.",
    "The password could not be {0} ({1}). It holds until fallwatch is closed; make the file "
    "readable and writable, and enter the password again.",
    "read",
    "stored",
    "This computer has no keyring. The password is kept in the file {0}, not encrypted: anyone "
    "who can read your files can read it. To avoid that, set up a keyring such as GNOME Keyring "
    "or KWallet and enter the password again.",
    "{0} could not be changed ({1}), so fallwatch starts with the computer as before. Check that "
    "you may write there, and choose it again.",
    "The registry",
)

_MODELS = (
    "There are no weights for '{0}' in {1}. Available: {2}.",
    "{0} lists the classes {1}, but fallwatch needs {2} in this order; with another order every "
    "verdict would be reversed. Export '{3}' again.",
    "{0} gives no sha256 for {1}. Export '{2}' again.",
    "{0} is missing. Restore it, or export '{1}' again.",
    "{0} is damaged: its checksum is not the manifest's. Restore it, or export '{1}' again.",
    "{0} is not a valid manifest ({1}: {2}). Export '{3}' again, or restore the folder.",
    "OpenVINO cannot load {0} ({1}). Export '{2}' again.",
    "mediapipe is not installed. Run: pip install mediapipe==0.10.21",
    "The installed mediapipe has no {0}. Run: pip install mediapipe==0.10.21, or put an "
    "official pose_landmarker_full.task into the weights folder.",
    "{0} is no Pose Landmarker bundle ({1}). Remove it, or replace it by an official "
    "pose_landmarker_*.task.",
    "OpenVINO cannot load {0} ({1}). Run: pip install --force-reinstall mediapipe==0.10.21",
    "The pose model has no output of shape {0}: it is another model.",
)

_MESSAGES = (
    "The event was deleted.",
    "It could not be delivered for too long.",
    "There is no picture of this event.",
    "Pictures are not sent this way.",
    "{0} was removed.",
    "Messages to {0} wait, and are tried again. {1}",
    "The message channel {0}",
    "The address of {0} is not known on this computer. Enter it again with: fallwatch notify add",
    "it refused the login. Enter the address with the right password or token",
    "it does not know the recipient. Check the address",
    "the message is too large for it. Send no pictures this way",
    "it takes no more messages for now. Wait a while",
    "it gave no reason. Check the address and the service",
    "it cannot be reached, or refused the login. Check the network and the address",
    "it answered with the error {0}. Check the service",
    "The message to {0} was not taken by {1}: {2}.",
    "The address of {0} is none that fallwatch can send to. Remove it and add it again; "
    "https://appriseit.com lists how addresses are written.",
    "{0} is not heard any more: nobody is alarmed of what happens in the rooms it watches. "
    "Check that it runs and has a network.",
    "Alarms of other computers do not reach this one. {0}",
    "The answer did not reach {0}: answer there.",
    "{0} is no broker's address. Write it like mqtt://broker.lan:1883.",
    "The broker {0} has not answered yet.",
    "The broker {0} cannot be reached. It is tried again; check that it runs, the network "
    "and its address.",
    "The broker {0} refused the connection ({1}). Check user and password.",
    "The broker {0} was lost. It is tried again.",
    "The broker was lost ({0}). It is tried again.",
    "The broker {0} did not take a message within {1} seconds. It is tried again; check the "
    "broker.",
    "The certificate file {0} of the broker cannot be used ({1}). Choose the file of the "
    "authority that signed its certificate.",
    "Only alarms are published at the broker. Look at its own log.",
    "The picture {0} cannot be read ({1}). It is tried again.",
    "{0} has not come back for {1} seconds. It is tried again; check the network and the service.",
    "{0} has not come back yet. It is tried again.",
)

_SELF_TEST = (
    "Camera",
    "Models",
    "Camera {0}",
    "Data folder",
    "Disk space",
    "Event record",
    "Alarm channels",
    "Alarm channel {0}",
    "Bundled fall",
    "{0} can be written.",
    "{0} cannot be written ({1}).",
    "Check who owns the folder, and the disk.",
    "{0} GB are free for events, pictures and clips.",
    "Free some space: without it events are recorded without clips, or not at all.",
    "It is whole.",
    "Nothing has been recorded yet.",
    "It is damaged ({0}).",
    "It was written by a newer fallwatch.",
    "It cannot be read ({0}).",
    "Move {0} to another place; fallwatch then begins a new record.",
    "The alarm sound is switched off, and there is no other way to tell alarms.",
    "Switch the sound on in the settings: nobody hears an alarm in the window alone.",
    "A test was told. Did you notice it?",
    "It gives pictures of {0}, and they change.",
    "It has shown the very same picture for {0} seconds.",
    "Switch the camera off and on again.",
    "It gives pictures, but nothing is to be seen in them.",
    "Switch a light on, and check that nothing covers the lens.",
    "{0} and the pose model judge {1} pictures a second more, besides.",
    "{0} and the pose model judge {1} pictures a second, {2} for each of {3} cameras.",
    "{0} and the pose model judge {1} pictures a second.",
    "At least {0} for each camera are needed. Close other programs, or watch fewer cameras.",
    "It was seen, recorded and told {0} s after it began.",
    "It was seen, but did not become a recorded alarm that is told.",
    "Of 1 fall {0} was found, with {1} false alarms.",
    "No camera is set up yet. Recorded clips can be opened all the same.",
    "Install fallwatch again, or choose another classifier.",
    "Install fallwatch again.",
)

#: All of them; the first is a whole sentence without places, by which a language is recognised.
TEXTS: tuple[str, ...] = (
    *_WATCHING,
    *_EVIDENCE,
    *_HISTORY,
    *_CAMERAS,
    *_FILES,
    *_SOUND,
    *_RECORD,
    *_SETTINGS,
    *_MODELS,
    *_MESSAGES,
    *_SELF_TEST,
)
