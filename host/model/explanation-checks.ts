// What to look at when a mapping fails: commands to type, and what a good answer is. SERVER, SHARE, ACCOUNT, DOMAIN and LETTER stand for
// the names in the event.

/** Something to look at when a mapping fails. */
export interface Check {
  /** Where to type it. `client` is the machine of the event, in a session of its user and not elevated unless `command` needs it. */
  readonly on: 'client' | 'server' | 'domain controller'
  readonly command: string
  /** What to see in the answer. */
  readonly look: string
}

const client = (command: string, look: string): Check => ({ on: 'client', command, look })
const server = (command: string, look: string): Check => ({ on: 'server', command, look })
const controller = (command: string, look: string): Check => ({ on: 'domain controller', command, look })

export const MAPPINGS = client('net use', 'Which letters and servers are connected already, and in which state.')
export const REMEMBERED = client('reg query HKCU\\Network /s', 'Which letters the profile remembers, and for which share.')
export const LOCAL_DRIVES = client('Get-PSDrive -PSProvider FileSystem', 'Whether a disk, a stick or a substitution has the letter.')
export const NAME = client('Resolve-DnsName SERVER', 'The name leads to the address that you expect.')
export const PORT = client('Test-NetConnection SERVER -Port 445', 'TcpTestSucceeded is True.')
export const ADDRESSES = client('ipconfig /all', 'The adapter is up, has an address, and asks the right DNS server.')
export const ROUTE = client('tracert -d SERVER', 'The path goes through the network or the VPN that it should.')
export const SAVED_CREDENTIALS = client('cmdkey /list', 'No entry for the server that an old password or another account is kept in.')
export const TICKET = client('klist get cifs/SERVER', 'Kerberos issues a ticket; otherwise the answer names the reason.')
export const GROUPS = client('whoami /groups', 'The group that has the right is listed. A new group needs a new logon.')
export const PRIVILEGES = client('whoami /priv', 'The right that the caller needs is listed.')
export const CLOCK = client('w32tm /query /status', 'The source is a domain controller and the offset is below five minutes.')
export const SECURE_CHANNEL = client('nltest /sc_verify:DOMAIN', 'The trust of this computer with its domain is good.')
export const CONTROLLERS = client('nltest /dsgetdc:DOMAIN', 'A domain controller is found, and it is one near by.')
export const WORKSTATION_SERVICE = client('sc.exe query LanmanWorkstation', 'STATE is RUNNING.')
export const WEBCLIENT_SERVICE = client('sc.exe query WebClient', 'STATE is RUNNING, if the path is an address of a web server.')
export const PROVIDERS = client(
  'reg query HKLM\\SYSTEM\\CurrentControlSet\\Control\\NetworkProvider\\Order /v ProviderOrder',
  'LanmanWorkstation is there, and every other provider is one that you know.',
)
export const CLIENT_SETTINGS = client(
  'Get-SmbClientConfiguration | Format-List EnableInsecureGuestLogons, RequireSecuritySignature',
  'Guest logons and signing are set as your policy wants them. Do not loosen them for one device.',
)
export const CONNECTIVITY_EVENTS = client(
  'Get-WinEvent -LogName Microsoft-Windows-SMBClient/Connectivity -MaxEvents 20 | Format-List TimeCreated, Id, Message',
  'Events of the same second: 30800 name not found, 30803 no connection, 30804 to 30808 connection or share lost, 30809 no answer, 30816 no common dialect.',
)
export const SECURITY_EVENTS = client(
  'Get-WinEvent -LogName Microsoft-Windows-SMBClient/Security -MaxEvents 20 | Format-List TimeCreated, Id, Message',
  'Events of the same second: 31001 authentication failed, 31010 no right to the share, 31017 guest logon refused.',
)
export const SYSTEM_EVENTS = client(
  'Get-WinEvent -LogName System -MaxEvents 50',
  'Errors of drivers, of the network or of services at that time.',
)
export const POLICY = client('gpresult /h %TEMP%\\policy.html', 'Whether the policy that maps the drive was applied, and to whom.')
export const SHARES = client('net view \\\\SERVER', 'The share is listed. A name that ends in $ is hidden and never listed.')
export const TOP = client(
  'Get-Process | Sort-Object WorkingSet -Descending | Select-Object -First 10',
  'A program that uses up memory or handles.',
)

export const SHARE_THERE = server('Get-SmbShare -Name SHARE', 'The share exists and its folder does.')
export const SHARE_RIGHTS = server('Get-SmbShareAccess -Name SHARE', 'The user, or a group of the user, has the right.')
export const SHARE_SESSIONS = server(
  'Get-SmbSession | Measure-Object',
  'The number of sessions, against what the system or its licence allows.',
)
export const OPEN_FILES = server('Get-SmbOpenFile -ClientUserName DOMAIN\\ACCOUNT', 'Which files are open.')
export const SERVER_SERVICE = server('sc.exe query LanmanServer', 'STATE is RUNNING.')
export const SERVER_SETTINGS = server(
  'Get-SmbServerConfiguration | Format-List EnableSMB1Protocol, EnableSMB2Protocol, RequireSecuritySignature',
  'A protocol that the client speaks as well is enabled.',
)
export const FAILED_LOGONS = server(
  'Get-WinEvent -FilterHashtable @{LogName="Security"; Id=4625} -MaxEvents 10 | Format-List',
  'Account, logon type and sub status of the failed logon.',
)
export const DENIED_ACCESS = server(
  'Get-WinEvent -FilterHashtable @{LogName="Security"; Id=5140,5145} -MaxEvents 10 | Format-List',
  'Which account asked for which share. Needs the audit of file shares.',
)

export const ACCOUNT = controller(
  'net user ACCOUNT /domain',
  'Active, not expired, password not expired, logon hours and workstations allow it.',
)
export const LOCKOUTS = controller(
  'Get-WinEvent -FilterHashtable @{LogName="Security"; Id=4740} -MaxEvents 10 | Format-List',
  'The caller computer: it keeps offering the old password.',
)
export const SPN = controller('setspn -Q cifs/SERVER', 'Exactly one account has the name, and it is the server that answers.')
export const SPN_TWICE = controller('setspn -X', 'No name is registered twice.')
