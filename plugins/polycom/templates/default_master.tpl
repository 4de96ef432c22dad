<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<!-- For phones that are told this file's name instead of asking for their own. -->
<APPLICATION
  APP_FILE_PATH=""
  CONFIG_FILES="[PHONE_MAC_ADDRESS]-config.cfg"
  MISC_FILES=""
  LOG_FILE_DIRECTORY=""
  OVERRIDES_DIRECTORY=""
  CONTACTS_DIRECTORY=""
  LICENSE_DIRECTORY=""
/>
