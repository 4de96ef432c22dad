<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<APPLICATION
  APP_FILE_PATH="{{ XX_firmware }}"
  CONFIG_FILES="{{ ([XX_own_file] + XX_vendor_files)|join(", ") }}"
  MISC_FILES=""
  LOG_FILE_DIRECTORY=""
  OVERRIDES_DIRECTORY=""
  CONTACTS_DIRECTORY=""
  LICENSE_DIRECTORY=""
/>
