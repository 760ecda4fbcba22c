// Runs in Node for Windows: replaces a file with one text after the other, as a consumer's checkpoint is. Prints the codes of errors.
//   replace.mjs BUNDLE FILE COUNT
const [bundle, path, count] = process.argv.slice(2)
const { checkpointText, replaceFile } = await import(bundle)
for (let i = 0; i < Number(count); i++) {
  // Of different lengths, so that half of one over another one could not be read.
  await replaceFile(path, checkpointText(`consumer-${i}-${'x'.repeat(i % 7000)}`, [])).catch(({ code }) => console.log(code))
}
