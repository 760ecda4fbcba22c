// Win32 status codes as a network provider returns them (NPAddConnection, NPCancelConnection), by number. The names are those of winerror.h
// and lmerr.h.

import type { Outcome } from './events.ts'

export const ERROR_SUCCESS = 0
export const ERROR_CANCELLED = 1223
/** Connected, though with another password than the one given: a success by its own text. */
export const ERROR_CONNECTED_OTHER_PASSWORD = 2108
/** Connected with the default password: a success by its own text. */
export const ERROR_CONNECTED_OTHER_PASSWORD_DEFAULT = 2109

const NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'ERROR_SUCCESS'],
  [1, 'ERROR_INVALID_FUNCTION'],
  [2, 'ERROR_FILE_NOT_FOUND'],
  [3, 'ERROR_PATH_NOT_FOUND'],
  [5, 'ERROR_ACCESS_DENIED'],
  [6, 'ERROR_INVALID_HANDLE'],
  [8, 'ERROR_NOT_ENOUGH_MEMORY'],
  [31, 'ERROR_GEN_FAILURE'],
  [32, 'ERROR_SHARING_VIOLATION'],
  [50, 'ERROR_NOT_SUPPORTED'],
  [51, 'ERROR_REM_NOT_LIST'],
  [52, 'ERROR_DUP_NAME'],
  [53, 'ERROR_BAD_NETPATH'],
  [54, 'ERROR_NETWORK_BUSY'],
  [55, 'ERROR_DEV_NOT_EXIST'],
  [56, 'ERROR_TOO_MANY_CMDS'],
  [58, 'ERROR_BAD_NET_RESP'],
  [59, 'ERROR_UNEXP_NET_ERR'],
  [64, 'ERROR_NETNAME_DELETED'],
  [65, 'ERROR_NETWORK_ACCESS_DENIED'],
  [66, 'ERROR_BAD_DEV_TYPE'],
  [67, 'ERROR_BAD_NET_NAME'],
  [68, 'ERROR_TOO_MANY_NAMES'],
  [71, 'ERROR_REQ_NOT_ACCEP'],
  [85, 'ERROR_ALREADY_ASSIGNED'],
  [86, 'ERROR_INVALID_PASSWORD'],
  [87, 'ERROR_INVALID_PARAMETER'],
  [88, 'ERROR_NET_WRITE_FAULT'],
  [121, 'ERROR_SEM_TIMEOUT'],
  [124, 'ERROR_INVALID_LEVEL'],
  [170, 'ERROR_BUSY'],
  [193, 'ERROR_BAD_EXE_FORMAT'],
  [234, 'ERROR_MORE_DATA'],
  [240, 'ERROR_VC_DISCONNECTED'],
  [259, 'ERROR_NO_MORE_ITEMS'],
  [384, 'ERROR_SMB1_NOT_AVAILABLE'],
  [487, 'ERROR_INVALID_ADDRESS'],
  [998, 'ERROR_NOACCESS'],
  [1058, 'ERROR_SERVICE_DISABLED'],
  [1060, 'ERROR_SERVICE_DOES_NOT_EXIST'],
  [1068, 'ERROR_SERVICE_DEPENDENCY_FAIL'],
  [1117, 'ERROR_IO_DEVICE'],
  [1130, 'ERROR_NOT_ENOUGH_SERVER_MEMORY'],
  [1168, 'ERROR_NOT_FOUND'],
  [1200, 'ERROR_BAD_DEVICE'],
  [1201, 'ERROR_CONNECTION_UNAVAIL'],
  [1202, 'ERROR_DEVICE_ALREADY_REMEMBERED'],
  [1203, 'ERROR_NO_NET_OR_BAD_PATH'],
  [1204, 'ERROR_BAD_PROVIDER'],
  [1205, 'ERROR_CANNOT_OPEN_PROFILE'],
  [1206, 'ERROR_BAD_PROFILE'],
  [1207, 'ERROR_NOT_CONTAINER'],
  [1208, 'ERROR_EXTENDED_ERROR'],
  [1209, 'ERROR_INVALID_GROUPNAME'],
  [1210, 'ERROR_INVALID_COMPUTERNAME'],
  [1214, 'ERROR_INVALID_NETNAME'],
  [1219, 'ERROR_SESSION_CREDENTIAL_CONFLICT'],
  [1220, 'ERROR_REMOTE_SESSION_LIMIT_EXCEEDED'],
  [1222, 'ERROR_NO_NETWORK'],
  [1223, 'ERROR_CANCELLED'],
  [1225, 'ERROR_CONNECTION_REFUSED'],
  [1226, 'ERROR_GRACEFUL_DISCONNECT'],
  [1231, 'ERROR_NETWORK_UNREACHABLE'],
  [1232, 'ERROR_HOST_UNREACHABLE'],
  [1235, 'ERROR_REQUEST_ABORTED'],
  [1236, 'ERROR_CONNECTION_ABORTED'],
  [1237, 'ERROR_RETRY'],
  [1238, 'ERROR_CONNECTION_COUNT_LIMIT'],
  [1239, 'ERROR_LOGIN_TIME_RESTRICTION'],
  [1240, 'ERROR_LOGIN_WKSTA_RESTRICTION'],
  [1241, 'ERROR_INCORRECT_ADDRESS'],
  [1244, 'ERROR_NOT_AUTHENTICATED'],
  [1245, 'ERROR_NOT_LOGGED_ON'],
  [1247, 'ERROR_ALREADY_INITIALIZED'],
  [1248, 'ERROR_NO_MORE_DEVICES'],
  [1256, 'ERROR_HOST_DOWN'],
  [1265, 'ERROR_DOWNGRADE_DETECTED'],
  [1272, 'ERROR_SMB_GUEST_LOGON_BLOCKED'],
  [1300, 'ERROR_NOT_ALL_ASSIGNED'],
  [1311, 'ERROR_NO_LOGON_SERVERS'],
  [1312, 'ERROR_NO_SUCH_LOGON_SESSION'],
  [1314, 'ERROR_PRIVILEGE_NOT_HELD'],
  [1326, 'ERROR_LOGON_FAILURE'],
  [1327, 'ERROR_ACCOUNT_RESTRICTION'],
  [1328, 'ERROR_INVALID_LOGON_HOURS'],
  [1329, 'ERROR_INVALID_WORKSTATION'],
  [1330, 'ERROR_PASSWORD_EXPIRED'],
  [1331, 'ERROR_ACCOUNT_DISABLED'],
  [1332, 'ERROR_NONE_MAPPED'],
  [1355, 'ERROR_NO_SUCH_DOMAIN'],
  [1359, 'ERROR_INTERNAL_ERROR'],
  [1385, 'ERROR_LOGON_TYPE_NOT_GRANTED'],
  [1396, 'ERROR_WRONG_TARGET_NAME'],
  [1397, 'ERROR_MUTUAL_AUTH_FAILED'],
  [1398, 'ERROR_TIME_SKEW'],
  [1450, 'ERROR_NO_SYSTEM_RESOURCES'],
  [1460, 'ERROR_TIMEOUT'],
  [1722, 'RPC_S_SERVER_UNAVAILABLE'],
  [1727, 'RPC_S_CALL_FAILED_DNE'],
  [1787, 'ERROR_NO_TRUST_SAM_ACCOUNT'],
  [1789, 'ERROR_TRUSTED_RELATIONSHIP_FAILURE'],
  [1790, 'ERROR_TRUST_FAILURE'],
  [1792, 'ERROR_NETLOGON_NOT_STARTED'],
  [1793, 'ERROR_ACCOUNT_EXPIRED'],
  [1808, 'ERROR_NOLOGON_WORKSTATION_TRUST_ACCOUNT'],
  [1907, 'ERROR_PASSWORD_MUST_CHANGE'],
  [1909, 'ERROR_ACCOUNT_LOCKED_OUT'],
  [1920, 'ERROR_CANT_ACCESS_FILE'],
  [1935, 'ERROR_AUTHENTICATION_FIREWALL_FAILED'],
  [2108, 'ERROR_CONNECTED_OTHER_PASSWORD'],
  [2109, 'ERROR_CONNECTED_OTHER_PASSWORD_DEFAULT'],
  [2114, 'NERR_ServerNotStarted'],
  [2138, 'NERR_WkstaNotStarted'],
  [2202, 'ERROR_BAD_USERNAME'],
  [2242, 'NERR_PasswordExpired'],
  [2250, 'ERROR_NOT_CONNECTED'],
  [2401, 'ERROR_OPEN_FILES'],
  [2402, 'ERROR_ACTIVE_CONNECTIONS'],
  [2404, 'ERROR_DEVICE_IN_USE'],
])

/** HRESULTs of FACILITY_WIN32: a Win32 error code in the low half (winerror.h, HRESULT_FROM_WIN32). */
export const HRESULT_OF_WIN32 = 0x80070000

/** The Win32 error code that an HRESULT of the form `0x8007xxxx` holds; every other status as it is. */
export function win32StatusOf(status: number): number {
  return status > HRESULT_OF_WIN32 && status <= HRESULT_OF_WIN32 + 0xffff ? status - HRESULT_OF_WIN32 : status
}

/** The HRESULT that holds a Win32 error code: some providers answer with it. */
export function hresultOf(status: number): number {
  return HRESULT_OF_WIN32 + status
}

/**
 * The Win32 name of a status, for example `ERROR_BAD_NETPATH`, also for an HRESULT that holds one (`0x80070035`); `undefined` for codes that a
 * mapping is not known to end with.
 */
export function statusName(status: number): string | undefined {
  return typeof status === 'number' ? NAMES.get(win32StatusOf(status)) : undefined
}

/** Every named status. */
export function statusNames(): ReadonlyMap<number, string> {
  return NAMES
}

/**
 * How an operation with this POST status ended: 0, 2108 and 2109 are successes (the texts of the latter two say so), 1223 is a user who
 * pressed Cancel, everything else is a failure. An HRESULT that holds one of these codes means the same.
 */
export function outcomeOf(status: number): Exclude<Outcome, 'unfinished'> {
  const code = win32StatusOf(status)
  if (code === ERROR_SUCCESS || code === ERROR_CONNECTED_OTHER_PASSWORD || code === ERROR_CONNECTED_OTHER_PASSWORD_DEFAULT) {
    return 'succeeded'
  }
  return code === ERROR_CANCELLED ? 'cancelled' : 'failed'
}
