<?xml version="1.0" encoding="utf-8"?>
<setting-files>
<file url="{{ XX_own_url }}"/>
</setting-files>
