// Scripts that complete the command in a shell. They hold all names, so that completing starts no process.

export const SHELLS = ['powershell', 'bash', 'zsh'] as const
export type Shell = (typeof SHELLS)[number]

export interface KnownOption {
  readonly name: string
  /** What may follow, if that is a list. */
  readonly values: readonly string[]
  readonly isPath: boolean
  readonly takesValue: boolean
}

export interface KnownVerb {
  readonly name: string
  readonly options: readonly KnownOption[]
  /** What its argument may be, if that is a list. */
  readonly values: readonly string[]
}

export function completionScript(shell: Shell, verbs: readonly KnownVerb[]): string {
  if (shell === 'powershell') return powershellScript(verbs)
  return shell === 'bash' ? bashScript(verbs) : `#compdef mprtap\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(verbs)}`
}

const words = (names: readonly string[]) => names.join(' ')

/** Also for zsh, which takes completions of bash. */
function bashScript(verbs: readonly KnownVerb[]): string {
  const reply = (list: string) => `COMPREPLY=($(compgen ${list} -- "$current"))`
  const afterOption = verbs.flatMap(({ name, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ name: option, values, isPath }) => {
        const list = values.length > 0 ? `-W '${words(values)}'` : isPath ? '-f' : "-W ''"
        return `    '${name} ${option}') ${reply(list)}; return ;;`
      }),
  )
  const ofVerb = verbs.map(({ name, options, values }) => {
    const list = words([...options.map((option) => option.name), ...values])
    return `    ${name}) ${reply(`-W '${list}'`)} ;;`
  })
  return `# Completion for mprtap. In ~/.bashrc: source <(mprtap completion bash)
_mprtap() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" verb="\${COMP_WORDS[1]}"
  if [ "$COMP_CWORD" -eq 1 ]; then
    ${reply(`-W '${words([...verbs.map(({ name }) => name), 'help'])}'`)}
    return
  fi
  case "$verb $before" in
${afterOption.join('\n')}
  esac
  case "$verb" in
    help) ${reply(`-W '${words(verbs.map(({ name }) => name))}'`)} ;;
${ofVerb.join('\n')}
  esac
}
complete -o default -F _mprtap mprtap`
}

function powershellScript(verbs: readonly KnownVerb[]): string {
  const list = (names: readonly string[]) => `@(${names.map((name) => `'${name}'`).join(', ')})`
  const entries = verbs.map(({ name, options, values }) => {
    const inner = options.filter((option) => option.values.length > 0).map((option) => `'${option.name}' = ${list(option.values)}`)
    return `    '${name}' = @{ words = ${list([...options.map((option) => option.name), ...values])}; values = @{ ${inner.join('; ')} } }`
  })
  return `# Completion for mprtap. In $PROFILE: mprtap completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName mprtap -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $verbs = @{
${entries.join('\n')}
  }
  $words = @($commandAst.CommandElements | ForEach-Object { $_.ToString() })
  $last = if ($wordToComplete -eq '') { $words.Count } else { $words.Count - 1 }
  $candidates = if ($last -le 1) {
    ${list([...verbs.map(({ name }) => name), 'help'])}
  } elseif ($words[1] -eq 'help') {
    ${list(verbs.map(({ name }) => name))}
  } else {
    $verb = $verbs[$words[1]]
    $before = $words[$last - 1]
    if ($verb -and $verb.values.ContainsKey($before)) { $verb.values[$before] } elseif ($verb) { $verb.words } else { @() }
  }
  $candidates | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}`
}
