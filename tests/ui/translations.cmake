# SPDX-License-Identifier: Apache-2.0
# Run by ctest: the .ts files hold the strings of the sources, all translated. `ninja update_translations` brings them up to date.
foreach(language de en)
  set(stored ${SOURCE}/translations/guidino_${language}.ts)
  set(fresh ${WORK}/guidino_${language}.ts)
  configure_file(${stored} ${fresh} COPYONLY)
  set(options "")
  if(language STREQUAL "en")
    set(options -pluralonly)
  endif()
  execute_process(
    COMMAND ${LUPDATE} -silent -locations none -no-ui-lines ui app/workbench -I . ${options} -ts ${fresh}
    WORKING_DIRECTORY ${SOURCE} RESULT_VARIABLE failed)
  file(READ ${stored} before)
  file(READ ${fresh} after)
  if(failed OR NOT before STREQUAL after)
    message(SEND_ERROR "${stored} is not up to date: ninja update_translations, then translate what is new")
  endif()
  if(after MATCHES "type=\"(unfinished|vanished|obsolete)\"")
    message(SEND_ERROR "${stored} has strings without a translation, or old ones")
  endif()
endforeach()
