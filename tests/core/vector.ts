// A golden record as the core's tests see it; build/core-vectors.ts makes them from format/vectors.json.

export class Vector {
  constructor(
    public name: string,
    public fileId: u64,
    public sequence: u64,
    /** The slot's used bytes, hexadecimal. */
    public slot: string,
    public kind: u32,
    public phase: u32,
    /** Of a POST; otherwise without meaning. */
    public status: u32,
    public notifyStatus: u32,
    public flags: u32,
    public context: u64,
    public logonId: u64,
    public processId: u32,
    public threadId: u32,
    public sessionId: u32,
    public resourceType: u32,
    public recordFlags: u32,
    public remoteName: string | null,
    public localName: string | null,
    public provider: string | null,
    public imageName: string | null,
    /** Full lengths of the names that were cut; 0: not cut. */
    public remoteNameCut: u32,
    public localNameCut: u32,
    public providerCut: u32,
    public imageNameCut: u32,
  ) {}
}
