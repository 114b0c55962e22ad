; Makes the setup program for Windows out of the bundle in dist\fallwatch:
;   iscc /DVersion=0.1.0 resources\packaging\windows\fallwatch.iss
; For the person who installs it alone: it asks for no administrator.
#ifndef Version
  #error Give the version: iscc /DVersion=0.1.0
#endif

[Setup]
AppId={{6D0B5B7C-6B0E-4D53-9E0A-4B1C1B7C6F21}
AppName=fallwatch
AppVersion={#Version}
AppPublisher=the fallwatch authors
DefaultDirName={autopf}\fallwatch
DefaultGroupName=fallwatch
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile=..\..\THIRD_PARTY.md
OutputDir=..\..\..\dist
OutputBaseFilename=fallwatch-{#Version}-windows-x64
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
SetupIconFile=..\icons\fallwatch.ico
CloseApplications=yes
UninstallDisplayIcon={app}\fallwatch.exe

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "de"; MessagesFile: "compiler:Languages\German.isl"

[InstallDelete]
; Libraries of an older version must not be found beside those of this one.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "..\..\..\dist\fallwatch\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{group}\fallwatch"; Filename: "{app}\fallwatch.exe"
Name: "{autodesktop}\fallwatch"; Filename: "{app}\fallwatch.exe"; Tasks: desktopicon

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"

[Registry]
; Written by fallwatch itself where a person wants it to start with the computer.
Root: HKCU; Subkey: "Software\Microsoft\Windows\CurrentVersion\Run"; ValueName: "fallwatch"; ValueType: none; Flags: uninsdeletevalue dontcreatekey

[Run]
Filename: "{app}\fallwatch.exe"; Description: "{cm:LaunchProgram,fallwatch}"; Flags: nowait postinstall skipifsilent
