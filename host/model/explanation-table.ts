// What each status means when a drive is mapped or removed. The words are this project's own; the last column of an entry names published pages.

import {
  ACCOUNT,
  ADDRESSES,
  type Check,
  CLIENT_SETTINGS,
  CLOCK,
  CONNECTIVITY_EVENTS,
  CONTROLLERS,
  DENIED_ACCESS,
  FAILED_LOGONS,
  GROUPS,
  LOCAL_DRIVES,
  LOCKOUTS,
  MAPPINGS,
  NAME,
  OPEN_FILES,
  POLICY,
  PORT,
  PRIVILEGES,
  PROVIDERS,
  REMEMBERED,
  ROUTE,
  SAVED_CREDENTIALS,
  SECURE_CHANNEL,
  SECURITY_EVENTS,
  SERVER_SERVICE,
  SERVER_SETTINGS,
  SHARE_RIGHTS,
  SHARE_SESSIONS,
  SHARE_THERE,
  SHARES,
  SPN,
  SPN_TWICE,
  SYSTEM_EVENTS,
  TICKET,
  TOP,
  WEBCLIENT_SERVICE,
  WORKSTATION_SERVICE,
} from './explanation-checks.ts'

export interface ExplanationEntry {
  readonly meaning: string
  readonly causes: readonly string[]
  readonly checks: readonly Check[]
  readonly sources: readonly string[]
}

const ADD = 'WNetAddConnection2W function (winnetwk.h)'
const USE = 'WNetUseConnectionW function (winnetwk.h)'
const REMOVE = 'WNetCancelConnection2W function (winnetwk.h)'
const PROVIDER = 'NPAddConnection function (npapi.h)'
const ROUTING = 'Implementing a Network Provider'
const ADJUST = 'AdjustTokenPrivileges function (securitybaseapi.h)'
const LOOKUP = 'LookupAccountSidW function (winbase.h)'
const GUEST = 'How to enable insecure guest logons in SMB2 and SMB3'
const ALIAS = 'SMB file server share access is unsuccessful through DNS CNAME alias (KB 3181029)'

const entry = (meaning: string, causes: readonly string[], checks: readonly Check[], ...sources: string[]): ExplanationEntry => ({
  meaning,
  causes,
  checks,
  sources,
})

export const EXPLANATIONS: ReadonlyMap<number, ExplanationEntry> = new Map([
  [0, entry('The operation succeeded.', [], [])],
  [
    1,
    entry(
      'The other side does not know the request.',
      ['The device speaks an old or another protocol.'],
      [CONNECTIVITY_EVENTS, SERVER_SETTINGS],
    ),
  ],
  [
    2,
    entry(
      'The provider did not find what the path names.',
      ['The share or folder was removed or renamed.', 'A component of the provider is missing.'],
      [SHARES, SHARE_THERE],
    ),
  ],
  [
    3,
    entry(
      'The server was reached, but a folder of the path does not exist.',
      ['A typing error below the share.', 'The target of a DFS link is gone.'],
      [SHARES, SHARE_THERE],
    ),
  ],
  [
    5,
    entry(
      'The server was reached and refused the access.',
      [
        'The account has no right to the share or its folder.',
        'The user was added to a group after the logon.',
        'The call came without credentials (anonymous).',
        'On some storage devices the right to synchronise is missing (KB 3035936).',
      ],
      [GROUPS, SHARE_RIGHTS, SECURITY_EVENTS, DENIED_ACCESS],
      ADD,
      PROVIDER,
    ),
  ],
  [6, entry('A handle was not valid inside the provider.', ['A fault of a provider or of a filter driver.'], [PROVIDERS, SYSTEM_EVENTS])],
  [8, entry('The client ran out of memory.', ['A program uses it up.', 'The session of the user is at its limit.'], [TOP, SYSTEM_EVENTS])],
  [
    31,
    entry(
      'A device or the network redirector failed unexpectedly.',
      ['A filter driver or VPN client interferes.', 'The server died during the request.'],
      [CONNECTIVITY_EVENTS, SYSTEM_EVENTS],
    ),
  ],
  [
    32,
    entry(
      'Another program holds what was to be opened.',
      ['A file of the provider or of the profile is in use.'],
      [OPEN_FILES, SYSTEM_EVENTS],
    ),
  ],
  [
    50,
    entry(
      'The other side does not support the request.',
      ['The device offers only SMB1.', 'The path belongs to another provider, for example to a web server.'],
      [CONNECTIVITY_EVENTS, SERVER_SETTINGS],
    ),
  ],
  [
    51,
    entry(
      'The remote computer is not available.',
      ['It is switched off or disconnected.', 'Its name leads to an old address.'],
      [NAME, PORT, CONNECTIVITY_EVENTS],
    ),
  ],
  [
    52,
    entry(
      'A computer of that name exists twice on the network.',
      ['A cloned machine.', 'Two machines were given one name.'],
      [NAME, SYSTEM_EVENTS],
    ),
  ],
  [
    53,
    entry(
      'The server was not found or did not answer for file sharing.',
      [
        'The name does not resolve.',
        'Port 445 is blocked, or the machine is down.',
        'A refused guest logon is reported as this status too.',
      ],
      [NAME, PORT, CONNECTIVITY_EVENTS, SECURITY_EVENTS],
      ROUTING,
      'SMB insecure guest authentication now off by default in Windows',
    ),
  ],
  [
    54,
    entry(
      'The server has no room for another connection.',
      ['The limit of its system or licence is reached.', 'Many idle sessions are open.'],
      [SHARE_SESSIONS],
    ),
  ],
  [
    55,
    entry(
      'The share or device was there and is gone.',
      ['The server restarted.', 'The share was removed while it was in use.'],
      [CONNECTIVITY_EVENTS, SHARE_THERE],
    ),
  ],
  [
    56,
    entry(
      'The server has too many requests open.',
      ['The limit of commands of the server is reached.', 'The server is overloaded.'],
      [SHARE_SESSIONS, CONNECTIVITY_EVENTS],
    ),
  ],
  [
    58,
    entry(
      'The answer of the server was not understood.',
      ['Both sides share no dialect of SMB.', 'Another program listens on port 445.'],
      [CONNECTIVITY_EVENTS, SERVER_SETTINGS],
    ),
  ],
  [
    59,
    entry(
      'The network failed unexpectedly.',
      ['A filter driver or VPN client interferes.', 'The server died during the request.'],
      [CONNECTIVITY_EVENTS, SYSTEM_EVENTS],
      'Network Security Return Values',
    ),
  ],
  [
    64,
    entry(
      'The connection was made and then dropped.',
      ['The server restarted or closed the session.', 'A firewall or address translation ended an idle connection.'],
      [CONNECTIVITY_EVENTS],
    ),
  ],
  [
    65,
    entry(
      'The network access was refused by a policy.',
      ['Anonymous or local accounts may not use the network share.', 'IPC$ is restricted.'],
      [SECURITY_EVENTS, FAILED_LOGONS],
    ),
  ],
  [
    66,
    entry(
      'The share is of another type than the one asked for.',
      ['A printer was mapped as a drive, or a drive as a printer.'],
      [SHARES, SHARE_THERE],
      ADD,
    ),
  ],
  [
    67,
    entry(
      'The server answered, but it has no such share.',
      ['A typing error.', 'The share was removed, or the name is hidden and lacks its $.', 'A DFS path is gone.'],
      [SHARES, SHARE_THERE],
      ADD,
      ROUTING,
    ),
  ],
  [68, entry('The client has too many names on the network adapter.', ['The limit of NetBIOS names is reached.'], [SYSTEM_EVENTS])],
  [
    71,
    entry(
      'The server accepts no more connections to this share.',
      ['The limit of users of the share or of the system is reached.', 'Many idle sessions are open.'],
      [SHARE_SESSIONS, SHARE_THERE],
    ),
  ],
  [
    85,
    entry(
      'The letter has a connection or a drive already.',
      [
        'A second script or policy item maps the same letter.',
        'The profile remembers another target.',
        'A disk, a stick or a substitution has the letter.',
      ],
      [MAPPINGS, REMEMBERED, LOCAL_DRIVES],
      ADD,
    ),
  ],
  [
    86,
    entry(
      'The password was refused.',
      ['A saved password is old.', 'The account of that name on the server is another one.'],
      [SAVED_CREDENTIALS, FAILED_LOGONS, ACCOUNT],
      ADD,
    ),
  ],
  [
    87,
    entry(
      'The call was malformed.',
      ['A fault of the script or program.', 'Flags or names that the system does not know.'],
      [MAPPINGS],
      ADD,
    ),
  ],
  [88, entry('Writing to the network failed.', ['The connection broke during the request.'], [CONNECTIVITY_EVENTS, SYSTEM_EVENTS])],
  [
    121,
    entry(
      'The server did not answer in time.',
      ['The network is slow or loses packets.', 'The server is overloaded.', 'A firewall drops packets silently.'],
      [PORT, ROUTE, CONNECTIVITY_EVENTS],
    ),
  ],
  [124, entry('The provider does not know this kind of call.', ['The path belongs to another provider.'], [PROVIDERS], ROUTING)],
  [170, entry('A provider was starting or busy.', ['The drive was mapped too early at the logon.'], [WORKSTATION_SERVICE, POLICY], ADD)],
  [
    193,
    entry(
      'A file of the provider is made for another kind of processor than this program.',
      ['The provider brings no 32-bit or no ARM64 file.', 'The file is damaged.'],
      [PROVIDERS, SYSTEM_EVENTS],
    ),
  ],
  [234, entry('The buffer of the caller was too small.', ['A fault of the program that maps.'], [MAPPINGS], USE)],
  [240, entry('The session with the server was closed.', ['The server restarted or closed an idle session.'], [CONNECTIVITY_EVENTS])],
  [259, entry('No letter was free.', ['All letters are in use.'], [MAPPINGS, LOCAL_DRIVES], USE)],
  [
    384,
    entry(
      'The server offers only SMB1, and SMB1 is not installed here.',
      ['An old storage device or copier.'],
      [CONNECTIVITY_EVENTS, SERVER_SETTINGS],
      'SMBv1 is not installed by default in Windows',
    ),
  ],
  [487, entry('The call passed memory that is not there.', ['A fault of the program that maps.'], [MAPPINGS], ADD)],
  [
    998,
    entry('The call passed memory that cannot be read or written.', ['A fault of the program that maps, or of a provider.'], [PROVIDERS]),
  ],
  [
    1058,
    entry(
      'A service that is needed is disabled.',
      ['The Workstation or WebClient service is disabled.'],
      [WORKSTATION_SERVICE, WEBCLIENT_SERVICE],
    ),
  ],
  [
    1060,
    entry(
      'A service that is needed is not installed.',
      ['The WebClient service is missing on a server system.', 'A provider was removed halfway.'],
      [WEBCLIENT_SERVICE, PROVIDERS],
    ),
  ],
  [
    1068,
    entry(
      'A service could not start because another one did not.',
      ['A driver or service that the Workstation service needs is missing.'],
      [WORKSTATION_SERVICE, SYSTEM_EVENTS],
    ),
  ],
  [
    1117,
    entry(
      'The device failed during the request.',
      ['The disk of the server failed.', 'A filter driver or VPN client interferes.'],
      [CONNECTIVITY_EVENTS, SYSTEM_EVENTS],
    ),
  ],
  [
    1130,
    entry(
      'The server has too little memory for the request.',
      ['The server is overloaded.', 'A limit of the server is set too low.'],
      [SHARE_SESSIONS, SYSTEM_EVENTS],
    ),
  ],
  [
    1168,
    entry(
      'Something that was looked for was not found.',
      ['A saved credential, or an entry of the profile, is gone.'],
      [SAVED_CREDENTIALS, REMEMBERED],
    ),
  ],
  [
    1200,
    entry('The local name is not a device name.', ['A letter without its colon, or a port other than LPT1 to LPT9.'], [MAPPINGS], ADD),
  ],
  [
    1201,
    entry(
      'The connection is remembered, and it is not connected now.',
      ['The drive was restored and its server was not reached.', 'The drive belongs to another logon of the same user.'],
      [MAPPINGS, WORKSTATION_SERVICE, PORT],
    ),
  ],
  [1202, entry('The profile remembers another share for this letter.', ['An older mapping was not removed.'], [REMEMBERED, MAPPINGS], ADD)],
  [
    1203,
    entry(
      'No provider accepted the path.',
      [
        'A typing error.',
        'The server was not found.',
        'The provider for this kind of path is not installed or not running, for example WebClient.',
      ],
      [NAME, PORT, PROVIDERS, WEBCLIENT_SERVICE],
      ADD,
      ROUTING,
    ),
  ],
  [
    1204,
    entry('The call named a provider that does not exist here.', ['A fault of the script.', 'The provider was removed.'], [PROVIDERS], ADD),
  ],
  [
    1205,
    entry(
      'The profile with the remembered drives could not be opened.',
      ['HKCU\\Network cannot be read or written.', 'The profile was not loaded.'],
      [REMEMBERED],
      ADD,
      REMOVE,
    ),
  ],
  [
    1206,
    entry('The profile with the remembered drives is damaged.', ['A key below HKCU\\Network is incomplete.'], [REMEMBERED], ADD, REMOVE),
  ],
  [1207, entry('The path is not a container that could be listed.', ['A share was named where a server or domain was wanted.'], [SHARES])],
  [
    1208,
    entry(
      'A provider reported an error of its own.',
      ['A provider of another vendor. Only the calling thread can ask for its text.'],
      [PROVIDERS, SYSTEM_EVENTS],
      ADD,
    ),
  ],
  [1209, entry('The name of a group or domain is malformed.', ['A typing error.'], [NAME])],
  [1210, entry('The name of the computer is malformed.', ['A typing error, or a character that names must not have.'], [NAME])],
  [1214, entry('The name of the share is malformed.', ['A character that names must not have, or a name that is too long.'], [SHARES])],
  [
    1219,
    entry(
      'This logon is connected to the server already, under another user name.',
      ['Another drive, a printer or an Explorer window uses other credentials.', 'A saved credential names another account.'],
      [MAPPINGS, SAVED_CREDENTIALS],
      'Multiple connections to a server or shared resource by the same user (KB 938120)',
    ),
  ],
  [1220, entry('The server has no room for another session.', ['The limit of its system or licence is reached.'], [SHARE_SESSIONS])],
  [
    1222,
    entry(
      'There is no network.',
      ['The adapter is off or disconnected.', 'The Workstation service is stopped.', 'The order of providers is damaged.'],
      [ADDRESSES, WORKSTATION_SERVICE, PROVIDERS],
      ADD,
      PROVIDER,
    ),
  ],
  [
    1223,
    entry(
      'Somebody closed the prompt for credentials.',
      ['A prompt came because single sign-on or a saved credential did not work.'],
      [SAVED_CREDENTIALS, TICKET],
      ADD,
      PROVIDER,
    ),
  ],
  [
    1225,
    entry(
      'The server refused the connection at once.',
      ['Its Server service is stopped.', 'A firewall rejects port 445.'],
      [PORT, SERVER_SERVICE],
    ),
  ],
  [
    1226,
    entry(
      'The server closed the connection in good order.',
      ['The server was shut down.', 'A device between both ends closed it.'],
      [CONNECTIVITY_EVENTS],
    ),
  ],
  [1231, entry('There is no way to the network of the server.', ['The VPN is down.', 'A route is missing.'], [ADDRESSES, ROUTE, PORT])],
  [
    1232,
    entry('There is no way to the server.', ['The VPN is down.', 'A route is missing.', 'The server is off.'], [ADDRESSES, ROUTE, PORT]),
  ],
  [
    1235,
    entry(
      'The request was ended before it was done.',
      ['The connection was closed meanwhile.', 'The program was ended.'],
      [CONNECTIVITY_EVENTS],
    ),
  ],
  [
    1236,
    entry(
      'The connection was ended by this machine.',
      ['A device that inspects traffic.', 'The adapter went down.'],
      [CONNECTIVITY_EVENTS, ADDRESSES],
    ),
  ],
  [1237, entry('The request could not be done now and may be repeated.', ['A provider was busy.'], [WORKSTATION_SERVICE])],
  [1238, entry('The limit of connections of this account is reached.', ['The limit of the server or its licence.'], [SHARE_SESSIONS])],
  [1239, entry('The account may not log on at this hour.', ['Logon hours of the account.'], [ACCOUNT, FAILED_LOGONS])],
  [1240, entry('The account may not log on from this machine.', ['The list of workstations of the account.'], [ACCOUNT, FAILED_LOGONS])],
  [1241, entry('The network address is malformed.', ['A typing error.'], [NAME])],
  [
    1244,
    entry(
      'The caller is not authenticated.',
      ['The session with the server expired.', 'The call came from a process without a logon.'],
      [TICKET, SECURITY_EVENTS],
    ),
  ],
  [1245, entry('The user is not logged on to the network.', ['The logon session has ended or has no credentials.'], [TICKET])],
  [1247, entry('A provider was initialised twice.', ['A fault of a provider.'], [PROVIDERS])],
  [1248, entry('There are no more local devices.', ['All letters are in use.'], [MAPPINGS, LOCAL_DRIVES])],
  [1256, entry('The server is down.', ['The machine is off or does not answer.'], [PORT, ROUTE])],
  [
    1265,
    entry(
      'A weaker way to log on was detected and refused.',
      ['No domain controller was reached, so that Kerberos did not work.', 'A policy forbids NTLM.'],
      [CONTROLLERS, TICKET],
    ),
  ],
  [
    1272,
    entry(
      'The server offered a guest logon, which this machine refuses.',
      ['A storage device without accounts.'],
      [SECURITY_EVENTS, CLIENT_SETTINGS],
      GUEST,
    ),
  ],
  [
    1300,
    entry(
      'The account does not have every right that the caller asked for.',
      ['A script asks for rights that its account was not given.', 'The program does not run elevated.'],
      [PRIVILEGES],
      ADJUST,
    ),
  ],
  [
    1311,
    entry(
      'No domain controller was there to check the credentials.',
      ['The VPN is down.', 'DNS does not find the domain controllers.'],
      [CONTROLLERS, NAME, SECURE_CHANNEL],
    ),
  ],
  [
    1312,
    entry(
      'The logon session has ended.',
      ['A process outlived its logon.', 'A scheduled task that does not store its password.'],
      [TICKET],
    ),
  ],
  [1314, entry('The caller lacks a right.', ['A script runs under an account with few rights.'], [PRIVILEGES])],
  [
    1326,
    entry(
      'User name or password was not accepted.',
      ['A saved password is old.', 'A local account was meant, or one of the domain.', 'The clocks differ.'],
      [SAVED_CREDENTIALS, FAILED_LOGONS, ACCOUNT],
      ADD,
    ),
  ],
  [
    1327,
    entry(
      'The account is good, but a policy forbids this logon.',
      ['An empty password.', 'A protected user, and a name that allows only NTLM: an alias or an address.'],
      [FAILED_LOGONS, TICKET, SPN],
      ALIAS,
    ),
  ],
  [1328, entry('The account may not log on at this hour.', ['Logon hours of the account.'], [ACCOUNT, FAILED_LOGONS])],
  [1329, entry('The account may not log on from this machine.', ['The list of workstations of the account.'], [ACCOUNT, FAILED_LOGONS])],
  [1330, entry('The password has expired.', ['It was not changed in time.'], [ACCOUNT])],
  [1331, entry('The account is disabled.', ['The account of the user, or that of the computer.'], [ACCOUNT, SECURE_CHANNEL], 'KB 263936')],
  [
    1332,
    entry(
      'A name could not be matched to an account, or an account to a name.',
      ['No domain controller answered in time: that looks the same as an account that is gone.', 'The account was removed.'],
      [CONTROLLERS, SECURE_CHANNEL, ACCOUNT],
      LOOKUP,
    ),
  ],
  [
    1355,
    entry(
      'The domain was not found.',
      ['DNS does not find its domain controllers.', 'A typing error in the name of the domain.'],
      [CONTROLLERS, ADDRESSES],
    ),
  ],
  [
    1359,
    entry(
      'Something failed inside the system.',
      ['A fault of a provider, of the server or of the security system.'],
      [SYSTEM_EVENTS, SECURITY_EVENTS],
    ),
  ],
  [
    1385,
    entry(
      'The account may not log on to the server over the network.',
      ['The right "Access this computer from the network" is missing or denied.'],
      [FAILED_LOGONS, GROUPS],
    ),
  ],
  [
    1396,
    entry(
      'The server could not prove that it is the one that was asked for.',
      ['An alias without a service principal name.', 'The name is registered twice.', 'DNS leads to another machine.'],
      [SPN, SPN_TWICE, NAME],
      ALIAS,
    ),
  ],
  [
    1397,
    entry(
      'Client and server could not prove their identity to each other.',
      ['An alias without a service principal name.', 'Hardened paths are demanded and Kerberos does not work.'],
      [SPN, TICKET, NAME],
      'MS15-011',
    ),
  ],
  [1398, entry('The clocks of both machines differ too much.', ['A virtual machine or laptop without a source of time.'], [CLOCK])],
  [
    1450,
    entry(
      'The client or the server is short of system resources.',
      ['Memory of the system is used up.', 'A limit of the server is set too low.'],
      [TOP, SYSTEM_EVENTS],
    ),
  ],
  [
    1460,
    entry(
      'The request took too long.',
      ['The server or the network is slow.', 'A firewall drops packets silently.'],
      [PORT, CONNECTIVITY_EVENTS],
    ),
  ],
  [
    1722,
    entry(
      'A remote procedure call found no server.',
      ['A domain controller or the server was not reached.', 'A firewall blocks remote procedure calls.'],
      [CONTROLLERS, PORT],
    ),
  ],
  [
    1727,
    entry(
      'A remote procedure call failed before it began.',
      ['A firewall blocks remote procedure calls.', 'The other side restarted.'],
      [CONTROLLERS, PORT],
    ),
  ],
  [
    1787,
    entry(
      'The domain has no account for this computer.',
      ['The account was deleted, or the computer was set back to an older state.'],
      [SECURE_CHANNEL, CONTROLLERS],
    ),
  ],
  [
    1789,
    entry(
      'The trust of this computer with its domain is broken.',
      ['The password of the computer account differs.'],
      [SECURE_CHANNEL, CONTROLLERS],
    ),
  ],
  [
    1790,
    entry(
      'The network logon failed.',
      ['The trust between two domains is broken.', 'The server is not a member of the domain.'],
      [SECURE_CHANNEL, CONTROLLERS],
    ),
  ],
  [
    1792,
    entry(
      'The Netlogon service is not started.',
      ['The machine has just started.', 'The service is disabled.'],
      [SECURE_CHANNEL, SYSTEM_EVENTS],
    ),
  ],
  [1793, entry('The account has expired.', ['The end of the account has come.'], [ACCOUNT])],
  [
    1808,
    entry(
      'The account is that of a computer and may not be used like this.',
      ['A service that runs as the local system used the wrong account.'],
      [FAILED_LOGONS],
    ),
  ],
  [1907, entry('The password must be changed before the first logon.', ['A new account, or a reset password.'], [ACCOUNT])],
  [1909, entry('The account is locked out.', ['A machine or service keeps offering an old password.'], [LOCKOUTS, ACCOUNT])],
  [
    1920,
    entry(
      'The system cannot reach the file.',
      ['A link or a special file that the server does not resolve.', 'A security program blocks it.'],
      [DENIED_ACCESS, SYSTEM_EVENTS],
    ),
  ],
  [
    1935,
    entry('The server accepts no logons from this domain.', ['Selective authentication between two forests.'], [FAILED_LOGONS, GROUPS]),
  ],
  [2108, entry('The connection was made, with another password than the one given. This is a success.', [], [])],
  [2109, entry('The connection was made, with the default password. This is a success.', [], [])],
  [
    2114,
    entry(
      'The Server service is not started.',
      ['The other machine shares no files.', 'The service is stopped or disabled.'],
      [SERVER_SERVICE],
    ),
  ],
  [2138, entry('The Workstation service is not started.', ['The service is stopped or disabled.'], [WORKSTATION_SERVICE, SYSTEM_EVENTS])],
  [
    2202,
    entry(
      'The user name is malformed, or another one is in use for this server.',
      ['A name without its domain.', 'A saved credential with another name.'],
      [MAPPINGS, SAVED_CREDENTIALS],
      ADD,
    ),
  ],
  [2242, entry('The password of this user has expired.', ['It was not changed in time.'], [ACCOUNT])],
  [
    2250,
    entry(
      'There is no such connection.',
      ['It was removed already.', 'It belongs to another logon of the same user.', 'The Workstation service is stopped.'],
      [MAPPINGS, WORKSTATION_SERVICE],
      REMOVE,
    ),
  ],
  [2401, entry('Files are open on the connection.', ['A program uses the drive.'], [OPEN_FILES], REMOVE)],
  [2402, entry('The connection is still in use.', ['A program has its current folder on the drive.'], [OPEN_FILES, MAPPINGS])],
  [
    2404,
    entry(
      'The device is in use.',
      ['A program uses the drive. Removing it by force cuts that program off.'],
      [OPEN_FILES, MAPPINGS],
      REMOVE,
    ),
  ],
])
