/** What a status usually means for somebody who maps drives, and what to do next. */
export interface Explanation {
  readonly meaning: string
  readonly next: string
}

const EXPLANATIONS: ReadonlyMap<number, Explanation> = new Map(
  Object.entries({
    5: {
      meaning: 'The server was reached and knows the account, but the account may not use this share.',
      next: 'Check the share permissions for the user shown, and whether the process ran as the user you expect.',
    },
    53: {
      meaning: 'The server was not reached: its name did not resolve, or nothing answered for file sharing there.',
      next: 'Resolve the server name from that machine and try TCP port 445; a duration of several seconds points to a time-out, a short one to the name.',
    },
    64: {
      meaning: 'The connection was made and then dropped by the other side.',
      next: 'Look for a server restart, a failover or a device between both ends that closes idle or unsigned sessions.',
    },
    67: {
      meaning: 'The server answered, but has no share of that name; or no installed provider understands the path.',
      next: 'Compare the remote name with the shares the server offers; look for a typing error in the logon script.',
    },
    85: {
      meaning: 'The local device already has a connection.',
      next: 'Cancel the old mapping first, or let the script skip a letter that already points to the right place.',
    },
    86: {
      meaning: 'The password given was refused.',
      next: 'Check saved credentials for that server on the machine; after a password change they go on offering the old one.',
    },
    170: {
      meaning: 'A provider was still starting or busy.',
      next: 'Try again after a moment; a script that runs early at logon needs a retry.',
    },
    384: {
      meaning: 'The server speaks only the old SMB1 protocol, which is switched off on this machine.',
      next: 'Enable a newer protocol on the server or replace it.',
    },
    1200: { meaning: 'The local name is not a device name.', next: 'Use a letter with a colon, or LPT1 to LPT9 for a printer.' },
    1202: {
      meaning: 'The profile already remembers another connection for this device.',
      next: 'Delete the remembered mapping, or map without asking for it to be restored.',
    },
    1203: {
      meaning: 'No provider accepted the path.',
      next: 'Check the spelling of the path and that the provider for that kind of path is installed and running.',
    },
    1208: {
      meaning: 'The provider reported an error of its own, whose text only the calling thread can ask for.',
      next: 'Repeat the mapping by hand on that machine to see the text.',
    },
    1219: {
      meaning: 'The same logon session is already connected to that server under another user name.',
      next: 'Disconnect the other connections to that server first, or use the same credentials for all of them.',
    },
    1222: { meaning: 'No network was present.', next: 'Let the script wait for the network, or look at the adapter and VPN at that time.' },
    1223: {
      meaning: 'Somebody closed the credential prompt.',
      next: 'Nothing is broken; if prompts are unexpected, find out why single sign-on did not apply.',
    },
    1231: { meaning: 'There was no route to the server.', next: 'Check network, VPN and firewall on that machine at that time.' },
    1272: {
      meaning: 'The server offered guest access only, which the security policy of this machine blocks.',
      next: 'Give the user an account on the server.',
    },
    1311: {
      meaning: 'No domain controller was available to check the credentials.',
      next: 'Check the connection to a domain controller and its health.',
    },
    1326: {
      meaning: 'User name or password were not accepted.',
      next: 'Check saved credentials for that server and whether the account belongs to the domain that the server trusts.',
    },
    1327: {
      meaning: 'The account is restricted, for example an empty password or a policy.',
      next: 'Check the account and the logon policies of the server.',
    },
    1330: { meaning: 'The password has expired.', next: 'Let the user change it.' },
    1331: { meaning: 'The account is disabled.', next: 'Enable it, or find out what still uses it.' },
    1396: {
      meaning: 'The server could not prove the identity that was asked for.',
      next: 'Check its service principal names, above all when an alias is used.',
    },
    1398: { meaning: 'The clocks of both machines differ too much.', next: 'Correct the time of the machine that is wrong.' },
    1909: { meaning: 'The account is locked out.', next: 'Unlock it and find the machine that keeps offering an old password.' },
    2202: {
      meaning: 'The user name is not valid here, or another one is in use for that server.',
      next: 'Name the account with its domain.',
    },
    2250: { meaning: 'There was no such connection to cancel.', next: 'Nothing is broken; the script may check first.' },
    2401: {
      meaning: 'Files are open on the connection.',
      next: 'Close them first, or cancel with force and accept that they are cut off.',
    },
    2404: { meaning: 'The device is in use.', next: 'Close the program that uses it, then cancel again.' },
  }).map(([status, explanation]) => [Number(status), explanation]),
)

/** What a status usually means and what to do next; `undefined` where there is nothing better to say than its name. */
export function explainStatus(status: number): Explanation | undefined {
  return EXPLANATIONS.get(status)
}
