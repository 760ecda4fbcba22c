; An installer that maps a drive and a printer while it runs, as installers of client software do: silent, and through System::Call,
; so that the calls come from a program which knows nothing of this project. It writes the results beside itself, into logon.log.
Unicode true
Name "Logon"
RequestExecutionLevel user
SilentInstall silent
ShowInstDetails nevershow

!define RESOURCETYPE_DISK 1
!define RESOURCETYPE_PRINT 2
!define CONNECT_UPDATE_PROFILE 1
!define CONNECT_TEMPORARY 4

Var log

; Maps ${remote} to ${local} ("" for no device) and writes the status.
!macro Map type local remote flags
  System::Call '*(i 0, i ${type}, i 0, i 0, w "${local}", w "${remote}", p 0, p 0) p .r1'
  System::Call 'mpr::WNetAddConnection2W(p r1, p 0, p 0, i ${flags}) i .r2'
  System::Free $1
  FileWrite $log "$2 add ${local} ${remote}$\r$\n"
!macroend

!macro Unmap name flags force
  System::Call 'mpr::WNetCancelConnection2W(w "${name}", i ${flags}, i ${force}) i .r2'
  FileWrite $log "$2 cancel ${name}$\r$\n"
!macroend

Section
  FileOpen $log "$EXEDIR\logon.log" w
  !insertmacro Map ${RESOURCETYPE_DISK} "N:" "\\fs01\installers" ${CONNECT_TEMPORARY}
  !insertmacro Map ${RESOURCETYPE_PRINT} "LPT3" "\\print01\reception" ${CONNECT_UPDATE_PROFILE}
  !insertmacro Map ${RESOURCETYPE_DISK} "O:" "\\gone\archive" ${CONNECT_TEMPORARY}
  !insertmacro Map ${RESOURCETYPE_DISK} "" "\\fs01\licences" 0
  !insertmacro Unmap "N:" 0 1
  !insertmacro Unmap "LPT3" ${CONNECT_UPDATE_PROFILE} 0
  !insertmacro Unmap "\\fs01\licences" 0 0
  FileClose $log
SectionEnd
