// Says, of each SDDL text that it is given, the bytes that Windows makes of it.
import { descriptorOfText } from './access-lists.js'

const texts = JSON.parse(process.argv[2])
process.stdout.write(JSON.stringify(texts.map((sddl) => Buffer.from(descriptorOfText(sddl)).toString('hex'))))
